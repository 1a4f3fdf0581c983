import { runnerPage } from 'virtual:cell-worker';

/**
 * Opens the page of the cells' frame once, so that the browser has it when there is no connection: it is a page without an
 * origin, and no service worker stands before such a page.
 */
export function keepRunner(): void {
  const frame = document.createElement('iframe');
  frame.sandbox.add('allow-scripts');
  frame.hidden = true;
  frame.title = '';
  frame.src = runnerPage;
  frame.addEventListener('load', () => frame.remove());
  document.body.append(frame);
}
