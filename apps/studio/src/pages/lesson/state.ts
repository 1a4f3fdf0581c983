/** The state that a lesson gives to an exhibit, which the compiler has found to be JSON. */
export const thawState = (state: string | undefined): unknown =>
  state === undefined ? undefined : JSON.parse(state);
