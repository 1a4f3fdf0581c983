import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { type Locale, preferredLocale } from '../i18n/locale.ts';
import { load, save } from '../progress/database.ts';
import type { Settings } from '../progress/model.ts';

/** Language and theme: chosen by the learner, and otherwise the system's. */
export interface Preferences {
  readonly locale: Locale;
  readonly theme: Settings['theme'];
  setLocale(locale: Locale): void;
  setTheme(theme: Settings['theme']): void;
}

const Context = createContext<Preferences | null>(null);

export function usePreferences(): Preferences {
  const preferences = use(Context);
  if (!preferences) throw new Error('usePreferences is for what stands inside PreferencesProvider.');
  return preferences;
}

export const useLocale = (): Locale => usePreferences().locale;

const KEY = 'reader';

export const loadPreferences = async (): Promise<Settings> =>
  (await load('settings', KEY)) ?? { locale: null, theme: 'system' };

export function PreferencesProvider({ initial, children }: { initial: Settings; children: ReactNode }) {
  const [settings, setSettings] = useState(initial);
  const locale = settings.locale ?? preferredLocale(navigator.languages);

  const change = useCallback((part: Partial<Settings>) => {
    setSettings((before) => {
      const after = { ...before, ...part };
      void save('settings', KEY, after);
      return after;
    });
  }, []);

  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  useEffect(() => {
    if (settings.theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = settings.theme;
  }, [settings.theme]);

  const preferences = useMemo(
    (): Preferences => ({
      locale,
      theme: settings.theme,
      setLocale: (chosen) => change({ locale: chosen }),
      setTheme: (theme) => change({ theme }),
    }),
    [locale, settings.theme, change],
  );
  return <Context value={preferences}>{children}</Context>;
}
