/** What the command line says about fine-tuning, in Spanish. `finetuneEn.ts` has the same keys. */
export const finetuneEs = {
  finetuneNeeds: 'Faltan el modelo y los datos: lumbre finetune MODELO --data FICHERO.',
  finetuneRefused: (reason: string) => `No se puede afinar así. (${reason})`,
  finetuneModel: (model: string, parameters: string) => `modelo    ${model} · ${parameters} parámetros`,
  finetuneLearns: (trainable: string, percent: string, adapters: boolean) =>
    `aprenden  ${trainable} (${percent} %)${adapters ? ', en adaptadores LoRA' : ''}`,
  finetuneData: (file: string, rows: string, heldOut: string) =>
    `datos     ${file} · ${rows} filas, y ${heldOut} apartadas para medir`,
  finetuneTruncated: (count: string) => `          ${count} eran más largos que maxLength y pierden el final`,
  finetuneLabels: (labels: string) => `clases    ${labels}`,
  finetuneMemory: (bytes: string) => `memoria   ${bytes} en cada paso`,
  finetuneDone: (folder: string) => `Listo: el modelo afinado está en ${folder}.`,
  finetuneStopped: (folder: string) => `Guardado en ${folder}; se puede seguir.`,
};
