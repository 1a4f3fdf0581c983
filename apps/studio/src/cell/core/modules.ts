import * as arquero from 'arquero';
import * as lumbre from 'lumbre';
import * as data from 'lumbre/data';
import * as table from 'lumbre/data/table';
import * as distributions from 'lumbre/distributions';
import * as hub from 'lumbre/hub';
import * as metrics from 'lumbre/metrics';
import * as models from 'lumbre/models';
import * as nn from 'lumbre/nn';
import * as optim from 'lumbre/optim';
import * as text from 'lumbre/text';
import * as train from 'lumbre/train';

/** What learners' code can import, besides `studio`. */
export const modules: Readonly<Record<string, unknown>> = {
  lumbre,
  'lumbre/data': data,
  'lumbre/data/table': table,
  'lumbre/distributions': distributions,
  'lumbre/hub': hub,
  'lumbre/metrics': metrics,
  'lumbre/models': models,
  'lumbre/nn': nn,
  'lumbre/optim': optim,
  'lumbre/text': text,
  'lumbre/train': train,
  arquero,
};
