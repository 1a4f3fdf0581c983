import { catalog, type Translate } from '../../i18n/messages.ts';
import en from './messages.en.json';
import es from './messages.es.json';

export const playgroundMessages = catalog({ es, en });
export type Say = Translate<keyof typeof es>;
