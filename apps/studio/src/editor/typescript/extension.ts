import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { typescriptLanguage } from '@codemirror/lang-javascript';
import { type Diagnostic, linter } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import type { Locale } from '../../i18n/locale.ts';
import { acquireTypeWorker } from './client.ts';
import type { NameInfo } from './service.ts';

/** How long one has to stop typing before problems are looked for, in milliseconds. */
const PAUSE = 600;

/** Suggestions, hovers and problems for one editor, from the real types of all that it can import. */
export function typeScript(file: string, locale: Locale): { extension: Extension; release(): void } {
  const { remote, release } = acquireTypeWorker(locale);
  let told: string | null = null;
  /** The service, once it knows what is written now. Calls to a worker arrive in order. */
  const current = async (view: { state: { doc: { toString(): string } } }) => {
    const service = await remote;
    const code = view.state.doc.toString();
    if (code !== told) {
      told = code;
      void service.update(file, code);
    }
    return service;
  };

  const complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const word = context.matchBefore(/[\w$]+/);
    const follows = context.matchBefore(/[.'"/]/);
    if (!context.explicit && !word && !follows) return null;
    const service = await current(context);
    if (context.aborted) return null;
    const found = await service.suggestions(file, context.pos);
    if (!found || context.aborted) return null;
    return {
      from: found.from,
      validFor: /^[\w$]*$/,
      options: found.list.map(
        ({ label, kind, order }): Completion => ({
          label,
          type: kind,
          // What is at hand first; what the language has anyway last.
          boost: 20 - Math.min(60, Number.parseInt(order, 10) || 15),
          async info() {
            const details = await service.describe(file, context.pos, label);
            return details ? describe(details) : null;
          },
        }),
      ),
    };
  };

  const problems = linter(
    async (view): Promise<Diagnostic[]> => {
      const service = await current(view);
      const found = await service.problems(file);
      const { length } = view.state.doc;
      return found.map(({ from, to, severity, message }) => ({
        from: Math.min(from, length),
        to: Math.min(to, length),
        severity,
        message,
        source: 'TypeScript',
      }));
    },
    { delay: PAUSE },
  );

  const hover = hoverTooltip(async (view, at) => {
    const service = await current(view);
    const found = await service.hover(file, at);
    // Of what is wrong TypeScript only knows that it may be anything; what is wrong is told beside.
    if (!found || found.declaration === 'any') return null;
    return { pos: found.from, end: found.to, above: true, create: () => ({ dom: describe(found) }) };
  });

  return {
    extension: [typescriptLanguage.data.of({ autocomplete: complete }), problems, hover],
    release() {
      void remote.then((service) => service.remove(file)).catch(() => undefined);
      release();
    },
  };
}

/** How a name is declared, and what its documentation says. */
function describe({ declaration, documentation }: NameInfo): HTMLElement {
  const element = document.createElement('div');
  element.className = 'type-info';
  const code = document.createElement('pre');
  code.textContent = declaration;
  element.append(code);
  if (documentation) {
    const text = document.createElement('p');
    text.textContent = documentation.replace(/\{@link(?:code)? ([^}]+)\}/g, '$1');
    element.append(text);
  }
  return element;
}
