import { HubError } from './hubError.ts';

/** What was asked of a hub, for messages. */
export interface Asked {
  readonly endpoint: string;
  readonly repository: string;
  readonly revision: string;
  readonly path?: string;
  /** Whether a token went with it. */
  readonly withToken: boolean;
}

/** What a server says, without what could do something to a terminal. */
const said = (headers: Headers): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are taken out
  const text = (headers.get('x-error-message') ?? '').replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return text === '' ? '' : ` (${text.slice(0, 200)})`;
};

/**
 * What an answer that is no success means: null for a file that is not there, a HubError for all else. The hub says in
 * `X-Error-Code` what is missing; to strangers it answers 401 for models that do not exist, as for those that are private.
 */
export function meaningOf({ status, headers }: Response, asked: Asked): HubError | null {
  const { endpoint, repository, revision, withToken } = asked;
  const values = { repository, revision, endpoint, status };
  const code = headers.get('x-error-code');
  const page = `${endpoint}/${repository}`;
  if (code === 'GatedRepo') {
    return new HubError(
      'hub.gated',
      `hub: ${repository} is open to those only who accept its terms: do so at ${page}, then ${
        withToken ? 'try again; your token may also lack the right to read such models' : tokenAdvice
      }.`,
      values,
    );
  }
  if (code === 'RepoNotFound' || (status === 401 && !withToken)) {
    return new HubError(
      'hub.noRepository',
      `hub: ${endpoint} has no model ${JSON.stringify(repository)}${
        withToken ? ', or your token may not read it' : `. If it is private, ${tokenAdvice}`
      }.`,
      values,
    );
  }
  if (status === 401 || status === 403) {
    return new HubError(
      'hub.unauthorized',
      `hub: ${endpoint} refused ${repository} with ${status}${said(headers)}. ${
        withToken ? 'Is the token (HF_TOKEN) right, and not expired?' : `Perhaps ${tokenAdvice}.`
      }`,
      values,
    );
  }
  if (code === 'RevisionNotFound') {
    return new HubError(
      'hub.noRevision',
      `hub: ${repository} has no revision ${JSON.stringify(revision)}; expected a branch, a tag or the hash of a commit. See ` +
        `${page}/tree/main.`,
      values,
    );
  }
  if (status === 404) return null;
  return new HubError(
    'hub.status',
    `hub: ${endpoint} answered ${status}${said(headers)} when ${asked.path ?? 'the list of files'} of ${repository} was asked ` +
      'for.',
    values,
  );
}

const tokenAdvice = 'give a token that may read it: HF_TOKEN, or { token: … }';
