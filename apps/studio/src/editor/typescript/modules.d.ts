declare module 'virtual:editor/types' {
  /** Declarations by path, for the language service. */
  export const files: Readonly<Record<string, string>>;
}
