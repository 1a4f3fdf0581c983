/** What there is in the worker where cells run, besides the language: little, and none of it reaches the network. */
export const globals = `
interface Console {
  /** Prints values: numbers, texts, lists, objects, tensors. */
  log(...values: unknown[]): void;
  /** Prints values as a warning. */
  warn(...values: unknown[]): void;
  /** Prints values as an error. */
  error(...values: unknown[]): void;
}
declare const console: Console;
/** Calls a function after so many milliseconds. */
declare function setTimeout(callback: () => void, milliseconds?: number): number;
declare function clearTimeout(id: number | undefined): void;
declare function structuredClone<T>(value: T): T;
declare const performance: {
  /** Milliseconds since the code began, in fractions: for measuring. */
  now(): number;
};
interface AbortSignal { readonly aborted: boolean }
interface TextEncoder { encode(text?: string): Uint8Array }
declare const TextEncoder: { new (): TextEncoder };
interface TextDecoder { decode(bytes?: Uint8Array): string }
declare const TextDecoder: { new (encoding?: string): TextDecoder };
`;
