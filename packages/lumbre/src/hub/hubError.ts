/** What may go wrong with a repository of models. A program can say each in another language: see `HubError`. */
export type HubErrorCode =
  | 'hub.badName'
  | 'hub.badPath'
  | 'hub.noRepository'
  | 'hub.noRevision'
  | 'hub.noFile'
  | 'hub.noWeights'
  | 'hub.unauthorized'
  | 'hub.gated'
  | 'hub.offline'
  | 'hub.notCached'
  | 'hub.status'
  | 'hub.damaged'
  | 'hub.wrongHash'
  | 'hub.tooLarge'
  | 'hub.busy'
  | 'hub.aborted';

/** Why a model or one of its files cannot be had. `code` and `values` let a program say it in another language. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly code: HubErrorCode;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(
    code: HubErrorCode,
    message: string,
    values: HubError['values'] = {},
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
    this.code = code;
    this.values = values;
  }
}

/** What a failure says of itself. `fetch` hides the reason in the cause of its error. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { code?: unknown };
  return cause.message || String(code ?? cause.name);
}

/** A file that its repository does not have. */
export const noFile = (repository: string, path: string): HubError =>
  new HubError(
    'hub.noFile',
    `hub: ${repository} has no file ${JSON.stringify(path)}. Is it the right model, and the right revision?`,
    { repository, path },
  );

/** A file whose content is not what its format demands. */
export const damagedFile = (repository: string, path: string, reason: string, cause?: unknown): HubError =>
  new HubError(
    'hub.damaged',
    `hub: ${path} of ${repository} is damaged or of another format: ${reason}. Get the file again.`,
    { repository, path, reason },
    { cause },
  );
