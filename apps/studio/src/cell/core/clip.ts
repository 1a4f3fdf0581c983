/** A text that is at most so long; what is cut off is seen to be. */
export const clip = (text: unknown, most: number): string => {
  const whole = String(text);
  return whole.length > most ? `${whole.slice(0, most - 1)}…` : whole;
};

/** A title, as far as it fits. */
export const clipTitle = (title: unknown): string | null =>
  title === null || title === undefined ? null : clip(title, 200);
