import { registerSW } from 'virtual:pwa-register';
import { useEffect } from 'react';
import { keepRunner } from '../cell/keepRunner.ts';
import { useToast } from '../ui/Toasts.tsx';
import { appMessages } from './messages.ts';
import { useLocale } from './preferences.tsx';

/** Keeps the Studio for when there is no connection, and says when it is kept and when there is a newer one. */
export function useOffline(): void {
  const toast = useToast();
  const t = appMessages(useLocale());
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is registered once.
  useEffect(() => {
    const update = registerSW({
      onRegisteredSW: () => keepRunner(),
      onOfflineReady: () => toast(t('offlineReady')),
      onNeedRefresh: () => toast(t('newVersion'), { label: t('reload'), run: () => void update(true) }),
    });
  }, []);
}
