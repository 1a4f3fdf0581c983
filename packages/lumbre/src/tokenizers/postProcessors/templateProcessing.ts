import type { Encoding } from '../encoding.ts';
import { shown, TokenizerError } from '../tokenizerError.ts';
import type { PostProcessor } from './postProcessor.ts';
import { type SpecialToken, specialEncoding } from './specialTokens.ts';

/** A part of a template: one of the texts, or a special token, and the type of its tokens. */
export type TemplatePiece =
  | { readonly Sequence: { readonly id: 'A' | 'B'; readonly type_id: number } }
  | { readonly SpecialToken: { readonly id: string; readonly type_id: number } };

/** What a special token of a template is written as: often itself, but it may be several. */
export interface TemplateToken {
  readonly id: string;
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
}

export interface TemplateProcessingOptions {
  /** Pieces with spaces between, or one by one: `[CLS] $A [SEP]`, `$B:1` being the second text with type 1. Default `$A`. */
  readonly single?: string | readonly (string | TemplatePiece)[];
  /** For two texts. Default `$A $B:1`. */
  readonly pair?: string | readonly (string | TemplatePiece)[];
  readonly specialTokens?: readonly (SpecialToken | TemplateToken)[];
}

/** @throws TokenizerError for what is no piece */
function pieceOf(text: string): TemplatePiece {
  const match = /^(\$)?(.*?)(?::(\d{1,9}))?$/s.exec(text);
  const [, dollar, name = '', type] = match ?? [];
  const typeId = type === undefined ? 0 : Number(type);
  if (dollar === undefined) return { SpecialToken: { id: name, type_id: typeId } };
  if (name === '' || name === 'A' || name === 'a') return { Sequence: { id: 'A', type_id: typeId } };
  if (name === 'B' || name === 'b') return { Sequence: { id: 'B', type_id: typeId } };
  if (/^\d{1,9}$/.test(name)) {
    return { Sequence: { id: 'A', type_id: type === undefined ? Number(name) : typeId } };
  }
  throw new TokenizerError(
    `TemplateProcessing: ${shown(text)} is no piece; expected $A, $B, $A:1 or a special token.`,
  );
}

const piecesOf = (template: string | readonly (string | TemplatePiece)[]): TemplatePiece[] =>
  (typeof template === 'string' ? template.split(' ') : template).map((piece) =>
    typeof piece === 'string' ? pieceOf(piece) : piece,
  );

/** Special tokens put around one or two texts as a template says. */
export class TemplateProcessing implements PostProcessor {
  readonly single: readonly TemplatePiece[];
  readonly pair: readonly TemplatePiece[];
  readonly #tokens: ReadonlyMap<string, TemplateToken>;

  /** @throws TokenizerError for a special token that is in a template and not among those given */
  constructor({ single = '$A', pair = '$A $B:1', specialTokens = [] }: TemplateProcessingOptions = {}) {
    this.single = piecesOf(single);
    this.pair = piecesOf(pair);
    this.#tokens = new Map(
      specialTokens.map((token) => {
        const entry: TemplateToken =
          'ids' in token ? token : { id: token[0], ids: [token[1]], tokens: [token[0]] };
        if (entry.ids.length !== entry.tokens.length) {
          throw new TokenizerError(
            `TemplateProcessing: ${shown(entry.id)} has ${entry.ids.length} ids and ${entry.tokens.length} tokens.`,
          );
        }
        return [entry.id, entry];
      }),
    );
    for (const piece of [...this.single, ...this.pair]) {
      if ('SpecialToken' in piece && !this.#tokens.has(piece.SpecialToken.id)) {
        throw new TokenizerError(
          `TemplateProcessing: ${shown(piece.SpecialToken.id)} is in a template, and not among the special tokens.`,
        );
      }
    }
    if (this.single.some((piece) => 'Sequence' in piece && piece.Sequence.id === 'B')) {
      throw new TokenizerError('TemplateProcessing: the template for a single text has a second one, $B.');
    }
  }

  addedTokens(isPair: boolean): number {
    let count = 0;
    for (const piece of isPair ? this.pair : this.single) {
      if ('SpecialToken' in piece) count += this.#tokens.get(piece.SpecialToken.id)?.ids.length ?? 0;
    }
    return count;
  }

  process(encodings: Encoding[], addSpecialTokens: boolean): Encoding[] {
    const template = encodings.length > 1 ? this.pair : this.single;
    const result: Encoding[] = [];
    for (const piece of template) {
      if ('Sequence' in piece) {
        const i = piece.Sequence.id === 'A' ? 0 : 1;
        const encoding = (encodings[i] as Encoding).clone();
        encoding.setTypeIds(piece.Sequence.type_id);
        encoding.setSequenceId(i);
        result.push(encoding);
      } else if (addSpecialTokens) {
        const { ids, tokens } = this.#tokens.get(piece.SpecialToken.id) as TemplateToken;
        result.push(specialEncoding(ids, tokens, piece.SpecialToken.type_id));
      }
    }
    return result;
  }

  toJSON(): { type: 'TemplateProcessing' } & Record<string, unknown> {
    return {
      type: 'TemplateProcessing',
      single: this.single,
      pair: this.pair,
      special_tokens: Object.fromEntries([...this.#tokens].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }
}
