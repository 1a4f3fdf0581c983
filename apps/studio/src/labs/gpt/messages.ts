import { catalog } from '../../i18n/messages.ts';
import en from './messages.en.json';
import es from './messages.es.json';

export const gptMessages = catalog({ es, en });
