// Colours of data, as names of tokens.css: so a picture follows the theme without being drawn again.

/** Fill and text of a share from 0 to 1, on the incandescent ramp. */
export function sequential(share: number): { fill: string; text: string } {
  const step = Math.max(0, Math.min(6, Math.round(share * 6)));
  return { fill: `var(--seq-${step})`, text: `var(--on-seq-${step})` };
}

/** Fill and text of a value from -1 to 1: blue below zero, ember above, the sheet itself at zero. */
export function diverging(value: number): { fill: string; text: string } {
  const step = Math.max(-3, Math.min(3, Math.round(value * 3)));
  if (step === 0) return { fill: 'var(--zero)', text: 'var(--ink)' };
  const name = `--${step < 0 ? 'neg' : 'pos'}-${Math.abs(step)}`;
  // The strongest are dark on paper and bright at night: the colour of the page is legible on both.
  return {
    fill: `var(${name})`,
    text: Math.abs(step) === 1 ? 'var(--ink)' : Math.abs(step) === 3 ? 'var(--paper)' : '#14110f',
  };
}

/** One of the eight categories, from 0; always with a marker of its own as well. */
export const category = (index: number): string => `var(--cat-${(index % 8) + 1})`;

/** Markers that tell categories apart without colour, as paths around the origin, about 10 wide. */
export const markers: readonly string[] = [
  'M-4.5 0A4.5 4.5 0 1 1 4.5 0A4.5 4.5 0 1 1 -4.5 0Z',
  'M-4-4H4V4H-4Z',
  'M0-5.500L5 4H-5Z',
  'M0-5.500L5.5 0L0 5.500L-5.5 0Z',
  'M-1.6-5H1.600V-1.600H5V1.600H1.600V5H-1.600V1.600H-5V-1.600H-1.600Z',
  'M0 5.500L-5-4H5Z',
  'M-4.5-3L-3-4.500L0-1.500L3-4.500L4.5-3L1.5 0L4.5 3L3 4.500L0 1.500L-3 4.500L-4.5 3L-1.5 0Z',
  'M0-5L4.8-1.500L3 4.200H-3L-4.8-1.500Z',
];

/** The value of a token as the browser sees it now, for what is painted on a canvas: `rgb(…)`. */
export function tokenColor(element: Element, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  probe.hidden = true;
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

/** Calls when the theme changes, since a canvas has to be painted anew. Returns how to stop it. */
export function onThemeChange(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', callback);
  return () => {
    observer.disconnect();
    query.removeEventListener('change', callback);
  };
}
