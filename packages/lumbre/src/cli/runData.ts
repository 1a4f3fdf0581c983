import { basename, join } from 'node:path';
import type { DataSource } from '../data/index.ts';
import { exists } from './files.ts';

/**
 * The data of a run: a file of that name in the run's own folder comes first. So a run that brought its text along goes on
 * wherever its folder was put, from whatever folder it is called.
 */
export const withRunFolder = (folder: string, data: DataSource): DataSource => ({
  open(name, options) {
    // A file name with an ending, and no path: names of the registry have none.
    const beside = basename(name) === name && name.includes('.') ? join(folder, name) : undefined;
    return data.open(beside !== undefined && exists(beside) ? beside : name, options);
  },
});
