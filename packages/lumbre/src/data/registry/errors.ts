/** What may go wrong with a data set. A program can say each in another language: see `DataSetError`. */
export type DataSetErrorCode =
  | 'data.unknown'
  | 'data.notHere'
  | 'data.onlyMirror'
  | 'data.wrongHash'
  | 'data.damaged'
  | 'data.needsImages'
  | 'data.mirrorMissing'
  | 'data.offline'
  | 'data.status'
  | 'data.tooLarge'
  | 'data.busy'
  | 'data.aborted';

/** Why a data set cannot be had. `code` and `values` let a program say it in another language. */
export class DataSetError extends Error {
  override readonly name = 'DataSetError';
  readonly code: DataSetErrorCode;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(
    code: DataSetErrorCode,
    message: string,
    values: DataSetError['values'],
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
    this.code = code;
    this.values = values;
  }
}

/** For a file whose content is not what its format demands. */
export const damaged = (name: string, reason: string, cause?: unknown): DataSetError =>
  new DataSetError(
    'data.damaged',
    `${name} is damaged or of another format: ${reason}. Fetch it again, or take it from another mirror folder.`,
    { name, reason },
    { cause },
  );
