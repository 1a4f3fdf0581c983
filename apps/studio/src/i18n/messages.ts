import { setupI18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import type { Locale } from './locale.ts';

/** Messages of one feature in one language: an id and an ICU message, `{count, plural, one {# step} other {# steps}}`. */
export type Catalog = Readonly<Record<string, string>>;

/** Values for the placeholders of a message. */
export type MessageValues = Readonly<Record<string, string | number>>;

/** Says a message of a feature in one language. Its ids are those of the feature's catalog: others do not type. */
export type Translate<Id extends string = string> = (id: Id, values?: MessageValues) => string;

/**
 * The messages of a feature, from its `messages.es.json` and `messages.en.json`: ids typed, both languages at hand. That
 * both have the same ids and the same placeholders is tested for every pair of such files.
 *
 * @example
 * const messages = catalog({ es, en });
 * const t = messages('es');
 * t('steps', { count: 3 });
 */
export function catalog<T extends Catalog>(catalogs: { es: T; en: { [Id in keyof T]: string } }) {
  const translators = new Map<Locale, Translate<keyof T & string>>();
  return (locale: Locale): Translate<keyof T & string> => {
    let translate = translators.get(locale);
    if (!translate) {
      const i18n = setupI18n({ locale, messages: { [locale]: { ...catalogs[locale] } } });
      i18n.setMessagesCompiler(compileMessage);
      translate = (id, values) => i18n._(id, values);
      translators.set(locale, translate);
    }
    return translate;
  };
}
