import type { finetuneEs } from './finetuneEs.ts';

/** What the command line says about fine-tuning, in English. */
export const finetuneEn: typeof finetuneEs = {
  finetuneNeeds: 'The model and the data are missing: lumbre finetune MODEL --data FILE.',
  finetuneRefused: (reason) => `It cannot be fine-tuned like this. (${reason})`,
  finetuneModel: (model, parameters) => `model     ${model} · ${parameters} parameters`,
  finetuneLearns: (trainable, percent, adapters) =>
    `learning  ${trainable} (${percent} %)${adapters ? ', in LoRA adapters' : ''}`,
  finetuneData: (file, rows, heldOut) =>
    `data      ${file} · ${rows} rows, and ${heldOut} held out to measure by`,
  finetuneTruncated: (count) => `          ${count} were longer than maxLength and lose their end`,
  finetuneLabels: (labels) => `classes   ${labels}`,
  finetuneMemory: (bytes) => `memory    ${bytes} in each step`,
  finetuneDone: (folder) => `Done: the fine-tuned model is in ${folder}.`,
  finetuneStopped: (folder) => `Saved in ${folder}; it can go on.`,
};
