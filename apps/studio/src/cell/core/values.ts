import { Tensor } from 'lumbre';
import { Table } from 'lumbre/data/table';

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

/** A table of Arquero. */
export interface ArqueroTable {
  columnNames(): string[];
  objects(options?: { limit?: number }): Record<string, unknown>[];
  numRows(): number;
}

export const isArquero = (value: unknown): value is ArqueroTable =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<ArqueroTable>).columnNames === 'function' &&
  typeof (value as Partial<ArqueroTable>).objects === 'function' &&
  typeof (value as Partial<ArqueroTable>).numRows === 'function';

/** A table: ours, or one of Arquero. */
export const isTable = (value: unknown): value is Table | ArqueroTable =>
  value instanceof Table || isArquero(value);

export { Table };
