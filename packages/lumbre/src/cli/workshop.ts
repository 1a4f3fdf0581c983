import { openDataSource, withUserData } from '../node/index.ts';
import type { Workshop } from '../recipes/index.ts';
import type { Context } from './io.ts';
import { modelFolder } from './openModel.ts';
import { readModelFolder } from './run.ts';

/** Where a command's recipe works: on a device, with the data sets and the files of this machine. */
export const openWorkshop = (
  { device, dataFolder }: { readonly device: string; readonly dataFolder?: string },
  { language }: Context,
): Workshop => ({
  device,
  language,
  data: withUserData(openDataSource({ dataDir: dataFolder })),
  model: async (name) => readModelFolder(modelFolder(name)),
});
