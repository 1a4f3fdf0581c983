import { createSystem, createVirtualTypeScriptEnvironment } from '@typescript/vfs';
import ts from 'typescript';
import type { Locale } from '../../i18n/locale.ts';
import { globals } from './globals.ts';

/** A name that may be written at a place, and what kind of thing it is. */
export interface Suggestion {
  readonly label: string;
  readonly kind: string;
  /** What stands first has the lowest. */
  readonly order: string;
}

export interface Suggestions {
  /** Where the word that they complete begins. */
  readonly from: number;
  readonly list: readonly Suggestion[];
}

/** What is known of a name: how it is declared, and what its documentation says. */
export interface NameInfo {
  readonly from: number;
  readonly to: number;
  readonly declaration: string;
  readonly documentation: string;
}

export interface TypeProblem {
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
}

/** Answers about the code in the cells of a page. Every cell is a module of its own, and knows nothing of the others. */
export interface TypeService {
  /** Says what is written in a cell now. */
  update(file: string, code: string): void;
  remove(file: string): void;
  problems(file: string): TypeProblem[];
  suggestions(file: string, at: number): Suggestions | null;
  /** What is known of one of the suggestions. */
  describe(file: string, at: number, label: string): NameInfo | null;
  /** What is known of the name at a place. */
  hover(file: string, at: number): NameInfo | null;
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  // Whoever learns to program need not write types yet.
  noImplicitAny: false,
  useUnknownInCatchVariables: false,
  skipLibCheck: true,
  // No DOM: what runs here runs in a worker without a network.
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  types: [],
  paths: {
    lumbre: ['/lumbre/index.d.ts'],
    'lumbre/*': ['/lumbre/*/index.d.ts'],
    arquero: ['/arquero/index.d.ts'],
    studio: ['/studio/cell/studio/learner.d.ts'],
  },
};

/** Starts TypeScript's language service over the declarations that `build/types.ts` has collected. */
export function createTypeService(files: Readonly<Record<string, string>>, locale: Locale): TypeService {
  const map = new Map(Object.entries(files));
  map.set('/globals.d.ts', globals);
  const system = createSystem(map);
  if (locale !== 'en')
    ts.validateLocaleAndSetLanguage(locale, {
      getExecutingFilePath: () => '/typescript.js',
      resolvePath: (path) => path,
      fileExists: (path) => map.has(path),
      readFile: (path) => map.get(path),
    });
  const environment = createVirtualTypeScriptEnvironment(system, ['/globals.d.ts'], ts, options);
  const service = environment.languageService;
  // A cell's key may hold anything; a path holds few characters.
  const pathOf = (file: string) => `/cells/${file.replace(/[^\w-]+/g, '_')}.ts`;

  const info = (found: {
    displayParts?: ts.SymbolDisplayPart[] | undefined;
    documentation?: ts.SymbolDisplayPart[] | undefined;
  }) => ({
    // That a name came by an import is plain to see.
    declaration: ts
      .displayPartsToString(found.displayParts)
      .replace(/^\(alias\) /, '')
      .replace(/\nimport .*$/, ''),
    documentation: ts.displayPartsToString(found.documentation),
  });

  return {
    update(file, code) {
      const path = pathOf(file);
      // An empty file is none to the environment.
      const content = code === '' ? '\n' : code;
      if (environment.getSourceFile(path)) environment.updateFile(path, content);
      else environment.createFile(path, content);
    },
    remove(file) {
      const path = pathOf(file);
      if (environment.getSourceFile(path)) environment.deleteFile(path);
    },
    problems(file) {
      const path = pathOf(file);
      if (!environment.getSourceFile(path)) return [];
      return [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)].flatMap(
        ({ start, length, category, messageText }): TypeProblem[] =>
          start === undefined || length === undefined
            ? []
            : [
                {
                  from: start,
                  to: start + length,
                  severity:
                    category === ts.DiagnosticCategory.Error
                      ? 'error'
                      : category === ts.DiagnosticCategory.Warning
                        ? 'warning'
                        : 'info',
                  message: ts.flattenDiagnosticMessageText(messageText, '\n'),
                },
              ],
      );
    },
    suggestions(file, at) {
      const path = pathOf(file);
      const code = environment.getSourceFile(path)?.text;
      if (code === undefined) return null;
      const found = service.getCompletionsAtPosition(path, at, {}, {});
      if (!found) return null;
      const word = /[\w$]*$/.exec(code.slice(Math.max(0, at - 60), at))?.[0] ?? '';
      return {
        from: at - word.length,
        list: found.entries
          .filter(({ kind }) => kind !== ts.ScriptElementKind.warning)
          .map(({ name, kind, sortText }) => ({ label: name, kind, order: sortText })),
      };
    },
    describe(file, at, label) {
      const found = service.getCompletionEntryDetails(pathOf(file), at, label, {}, undefined, {}, undefined);
      return found ? { from: at, to: at, ...info(found) } : null;
    },
    hover(file, at) {
      const path = pathOf(file);
      if (!environment.getSourceFile(path)) return null;
      const found = service.getQuickInfoAtPosition(path, at);
      if (!found) return null;
      const { start, length } = found.textSpan;
      return { from: start, to: start + length, ...info(found) };
    },
  };
}
