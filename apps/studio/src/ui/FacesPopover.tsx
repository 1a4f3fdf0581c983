import { LoaderCircle } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useLocale } from '../app/preferences.tsx';
import type { Faces } from '../faces/faces.ts';
import { FacesPanel } from './FacesPanel.tsx';
import { facesMessages } from './faces/messages.ts';

type Found = { readonly faces: Faces } | { readonly failure: string } | null;

/** The faces of a number that have yet to be found: the engine is asked when this is shown. */
export function FacesWhenFound({
  find,
  say,
  onClose,
}: {
  find(): Promise<Faces>;
  say?: ReactNode;
  onClose?(): void;
}) {
  const t = facesMessages(useLocale());
  const [found, setFound] = useState<Found>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once; another number is another element.
  useEffect(() => {
    let current = true;
    find().then(
      (faces) => current && setFound({ faces }),
      (error: unknown) =>
        current && setFound({ failure: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      current = false;
    };
  }, []);
  if (!found)
    return (
      <p className="faces-wait muted" role="status">
        <LoaderCircle className="i turning" aria-hidden /> {t('loading')}
      </p>
    );
  if ('failure' in found)
    return <p className="faces-wait">{t('failedToLoad', { message: found.failure })}</p>;
  return <FacesPanel faces={found.faces} say={say} {...(onClose && { onClose })} />;
}

/** A number that opens its faces: a button, and a dialog beside it. */
export function FacesButton({
  find,
  label,
  say,
  className = 'live',
  children,
}: {
  find(): Promise<Faces>;
  label: string;
  say?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const t = facesMessages(useLocale());
  return (
    <DialogTrigger>
      <Button className={className} aria-label={label}>
        {children}
      </Button>
      <Popover className="popover faces-popover">
        <Dialog className="faces-dialog" aria-label={t('faces')}>
          {({ close }) => <FacesWhenFound find={find} say={say} onClose={close} />}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** The faces of a number that is one of many: the dialog stands beside the element that `anchor` holds. */
export function FacesPopover({
  anchor,
  find,
  say,
  onClose,
}: {
  anchor: RefObject<HTMLElement | null>;
  find(): Promise<Faces>;
  say?: ReactNode;
  onClose(): void;
}) {
  const t = facesMessages(useLocale());
  return (
    <Popover
      className="popover faces-popover"
      triggerRef={anchor}
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Dialog className="faces-dialog" aria-label={t('faces')}>
        <FacesWhenFound find={find} say={say} onClose={onClose} />
      </Dialog>
    </Popover>
  );
}
