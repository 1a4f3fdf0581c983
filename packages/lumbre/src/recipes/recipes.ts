import { cnn } from './classifiers/cnn.ts';
import { mlp } from './classifiers/mlp.ts';
import { resnet } from './classifiers/resnet.ts';
import { cgan } from './images/conditionalGan.ts';
import { dcgan } from './images/dcgan.ts';
import { gan } from './images/gan.ts';
import { vae } from './images/vae.ts';
import { wganGp } from './images/wganGp.ts';
import { recipeAmong } from './openAmong.ts';
import type { Recipe } from './recipe.ts';
import { gpt, stories } from './text/gpt.ts';
import { mlpLm } from './text/mlpLm.ts';
import { ngram } from './text/ngram.ts';
import { rnn } from './text/rnn.ts';

/** All recipes, in the order in which they are listed. */
export const recipes: readonly Recipe[] = [
  stories,
  ngram,
  mlpLm,
  rnn,
  gpt,
  vae,
  gan,
  dcgan,
  cgan,
  wganGp,
  mlp,
  cnn,
  resnet,
] as readonly Recipe[];

/** @throws RangeError that lists what there is. */
export const recipeNamed = (name: string): Recipe => recipeAmong(recipes, name);
