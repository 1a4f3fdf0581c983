/// <reference types="vite-plugin-pwa/client" />
declare module '*.md' {
  export const lesson: import('./course/document.ts').LessonDocument;
}
declare module 'virtual:course/map' {
  export const map: readonly import('./course/document.ts').LessonEntry[];
}
declare module 'virtual:course/cards' {
  export const cards: readonly {
    readonly lesson: string;
    readonly cards: Readonly<
      Record<import('./i18n/locale.ts').Locale, readonly import('./course/document.ts').CardSource[]>
    >;
  }[];
}
declare module 'virtual:course/words' {
  export const words: readonly {
    readonly lesson: string;
    readonly text: Readonly<Record<import('./i18n/locale.ts').Locale, string>>;
  }[];
}
declare module 'virtual:cell-worker' {
  /** Where the program of the cells' worker lies. */
  export const cellWorker: string;
  /** The page of the frame that it runs in. */
  export const runnerPage: string;
}
