/**
 * Waits for what a device computes in the background, and for what follows from it; `null` when nothing is under way. A
 * tensor looks here before it says what its value is: that may just be about to change.
 */
export const inFlight: { settle: (() => void) | null } = { settle: null };
