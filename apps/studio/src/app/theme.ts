import { useSyncExternalStore } from 'react';
import { usePreferences } from './preferences.tsx';

const query = matchMedia('(prefers-color-scheme: dark)');
const subscribe = (listener: () => void) => {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
};

/** Whether the page is dark now. */
export function useDark(): boolean {
  const { theme } = usePreferences();
  const system = useSyncExternalStore(subscribe, () => query.matches);
  return theme === 'system' ? system : theme === 'dark';
}

const motion = matchMedia('(prefers-reduced-motion: reduce)');
const subscribeMotion = (listener: () => void) => {
  motion.addEventListener('change', listener);
  return () => motion.removeEventListener('change', listener);
};

/** Whether nothing should move by itself. */
export const useReducedMotion = (): boolean => useSyncExternalStore(subscribeMotion, () => motion.matches);
