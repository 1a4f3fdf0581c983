/** Tables: CSV, JSON and Parquet in, tensors and datasets out. Apart from `lumbre/data`, since Arquero takes its time to load. */
export { type CSVOptions, missingWords } from './csv.ts';
export {
  Imputer,
  LabelEncoder,
  loadPreparation,
  minMax,
  OneHotEncoder,
  type OneHotOptions,
  type Preparation,
  type PreparationState,
  Scaler,
  standardize,
} from './preparation.ts';
export { fromJSON, fromParquet, type ParquetOptions, readCSV } from './read.ts';
export type { Aggregate } from './statistics.ts';
export {
  type Filling,
  GroupedTable,
  type JoinOptions,
  type PivotOptions,
  type Row,
  Table,
  type TableDatasetOptions,
  type TableTensorOptions,
} from './table.ts';
export { type ColumnType, TableError, type Value } from './values.ts';
