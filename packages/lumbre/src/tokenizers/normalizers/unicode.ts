import { type NormalForm, toNormalForm } from '../text/normalForms.ts';
import type { NormalizedString } from '../text/normalizedString.ts';
import type { Normalizer } from './normalizer.ts';

abstract class UnicodeNormalizer<Form extends NormalForm> implements Normalizer {
  protected abstract readonly form: Form;

  normalize(text: NormalizedString): void {
    toNormalForm(text, this.form);
  }

  toJSON(): { type: Form } {
    return { type: this.form };
  }
}

/** Unicode's composed form: a letter and its accent are one character. */
export class NFC extends UnicodeNormalizer<'NFC'> {
  protected override readonly form = 'NFC';
}

/** Unicode's decomposed form: accents are characters of their own. */
export class NFD extends UnicodeNormalizer<'NFD'> {
  protected override readonly form = 'NFD';
}

/** Composed, and with plain characters for ligatures, circled digits and their like. */
export class NFKC extends UnicodeNormalizer<'NFKC'> {
  protected override readonly form = 'NFKC';
}

/** Decomposed, and with plain characters for ligatures, circled digits and their like. */
export class NFKD extends UnicodeNormalizer<'NFKD'> {
  protected override readonly form = 'NFKD';
}
