import type { HubError } from '../hub/index.ts';
import type { Messages } from './messages/index.ts';

/** Why a model cannot be had, in the user's language. */
export function explainHub({ code, values, message }: HubError, messages: Messages): string {
  const value = (key: string): string => String(values[key] ?? '');
  const name = value('repository');
  const path = value('path');
  switch (code) {
    case 'hub.badName':
      return values.name === undefined ? message : messages.hubBadName(value('name'));
    case 'hub.badPath':
      return messages.hubBadPath(path);
    case 'hub.noRepository':
      return values.endpoint === undefined
        ? messages.hubNoFolder(name)
        : messages.hubNoRepository(name, value('endpoint'));
    case 'hub.noRevision':
      return messages.hubNoRevision(name, value('revision'));
    case 'hub.noFile':
      return messages.hubNoFile(name, path);
    case 'hub.noWeights':
      return messages.hubNoWeights(name);
    case 'hub.unauthorized':
      return name === '' ? message : messages.hubUnauthorized(name);
    case 'hub.gated':
      return messages.hubGated(name, `${value('endpoint')}/${name}`);
    case 'hub.offline':
      return messages.hubOffline(value('host'), value('reason'));
    case 'hub.notCached':
      return messages.hubNotCached(name, path, value('cache'));
    case 'hub.status':
      return values.status === undefined ? message : messages.hubStatus(value('endpoint'), value('status'));
    case 'hub.damaged':
      return values.reason === undefined ? message : messages.hubDamaged(name, path, value('reason'));
    case 'hub.wrongHash':
      return messages.hubWrongHash(name, path);
    case 'hub.tooLarge':
      return messages.hubTooLarge(path || value('what'));
    case 'hub.aborted':
      return messages.hubAborted;
    default:
      return message;
  }
}
