import './styles/index.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { openMachine } from './app/machine.ts';
import { loadPreferences, PreferencesProvider } from './app/preferences.tsx';
import { openProgress } from './progress/store.ts';

const [settings] = await Promise.all([loadPreferences(), openProgress()]);
const place = document.getElementById('studio');
if (!place) throw new Error('index.html has no #studio.');
createRoot(place).render(
  <PreferencesProvider initial={settings}>
    <App />
  </PreferencesProvider>,
);

// The first picture comes first: the machine is measured once the page is idle.
const whenIdle = window.requestIdleCallback ?? ((callback: () => void) => setTimeout(callback, 500));
whenIdle(() => void openMachine().catch((error: unknown) => console.error(error)));
