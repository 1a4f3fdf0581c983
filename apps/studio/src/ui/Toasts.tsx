import { Check, X } from 'lucide-react';
import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from 'react';
import { appMessages } from '../app/messages.ts';
import { useLocale } from '../app/preferences.tsx';

export interface ToastAction {
  readonly label: string;
  run(): void;
}

type Show = (text: string, action?: ToastAction) => void;

const Context = createContext<Show>(() => {});

/** Says something in a corner of the page for a few seconds. */
export const useToast = (): Show => use(Context);

const SECONDS = 7;

export function ToastsProvider({ children }: { children: ReactNode }) {
  const t = appMessages(useLocale());
  const [toasts, setToasts] = useState<readonly { id: number; text: string; action?: ToastAction }[]>([]);
  const next = useRef(0);
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback<Show>(
    (text, action) => {
      const id = next.current++;
      setToasts((all) => [...all.slice(-3), { id, text, ...(action && { action }) }]);
      // What can be acted upon waits until somebody does.
      if (!action) setTimeout(() => close(id), SECONDS * 1000);
    },
    [close],
  );
  return (
    <Context value={useMemo(() => show, [show])}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, text, action }) => (
          <div className="toast" key={id}>
            <Check className="i" aria-hidden />
            <span>
              {text}{' '}
              {action && (
                <button type="button" className="toast-action" onClick={action.run}>
                  {action.label}
                </button>
              )}
            </span>
            <button type="button" aria-label={t('close')} onClick={() => close(id)}>
              <X className="i" aria-hidden />
            </button>
          </div>
        ))}
      </div>
    </Context>
  );
}
