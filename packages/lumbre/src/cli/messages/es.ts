/** Everything that the command line says, in Spanish. `en.ts` has the same keys: the compiler holds them together. */
export const es = {
  // What is being trained.
  storyFolderName: 'cuentos',
  storiesIn: (language: string): string => (language === 'en' ? 'cuentos en inglés' : 'cuentos en español'),
  parameters: (count: string) => `${count} parámetros`,
  modelSize: (layers: string, heads: string, width: string, block: string) =>
    `${layers} capas · ${heads} cabezas · ancho ${width} · contexto ${block}`,
  alphabet: (characters: string, symbols: string) =>
    `${characters} caracteres para aprender · ${symbols} distintos`,
  device: (name: string) => `dispositivo ${name}`,
  savedIn: (folder: string) => `Todo se guarda en ${folder}`,
  preparing: 'Encendiendo…',
  resuming: (step: string) => `Sigue desde el paso ${step}`,

  // The live display.
  step: 'paso',
  of: 'de',
  loss: 'pérdida',
  validation: 'validación',
  tokensPerSecond: 'tokens/s',
  left: (time: string) => `quedan ${time}`,
  sampleAt: (step: string) => `Muestra en el paso ${step}`,
  firstSampleAt: (step: string) => `La primera muestra llega en el paso ${step}`,
  interruptHint: 'Ctrl-C guarda y para',
  stopping: 'Un momento: termina este paso y se guarda. Otro Ctrl-C sale ya, sin guardar.',
  chartTitle: 'Pérdida por paso',
  trainingLegend: 'entrenamiento',
  validationLegend: 'validación',

  // The end of a training.
  finished: (step: string, time: string) => `Listo: ${step} pasos en ${time}.`,
  stopped: (step: string) => `En pausa en el paso ${step}; todo está guardado. Para seguir:`,
  next: 'Y ahora, prueba:',
  nextGenerate: 'escribe a partir de un comienzo tuyo',
  nextEvaluate: 'mide otros cien cuentos con la gramática',
  nextText: 'aprende de un libro tuyo, en texto UTF-8',
  threeStories: 'Tres cuentos que acaba de escribir',
  measuring: (count: string) => `Escribe otros ${count} cuentos y los mide con la gramática…`,

  // The cache of compiled kernels.
  cacheTitle: 'Núcleos de cálculo compilados',
  cacheFolder: (folder: string) => `Carpeta: ${folder}`,
  cacheEmpty: 'Todavía no hay ninguno: se compilan la primera vez que hacen falta.',
  cacheHolds: (kernels: string, kernelCount: number, batches: string, batchCount: number, size: string) =>
    `${kernels} ${kernelCount === 1 ? 'núcleo' : 'núcleos'} en ${batches} ${batchCount === 1 ? 'archivo' : 'archivos'}: ${size}`,
  cacheBound: (size: string, batches: string) =>
    `Caben hasta ${size} y ${batches} archivos; después se borran los que llevan más tiempo sin usarse.`,
  cacheClearHint: 'Para vaciar la carpeta: npx lumbre cache clear',
  cacheWasEmpty: (folder: string) => `No había nada que borrar en ${folder}.`,
  cacheCleared: (batches: string, batchCount: number, size: string, folder: string) =>
    `Listo: ${batchCount === 1 ? 'se borró 1 archivo' : `se borraron ${batches} archivos`} de ${folder} y quedaron libres ${size}. Los núcleos se compilarán de nuevo cuando hagan falta.`,

  // Errors: what happened, why, what to do.
  error: 'Error:',
  fileMissing: (path: string) => `No existe ${path}. Revisa la ruta y el nombre.`,
  fileEmpty: (path: string) => `${path} está vacío. Elige un archivo con texto.`,
  isFolder: (path: string) => `${path} es una carpeta. Da el nombre de un archivo.`,
  notFolder: (path: string) =>
    `En la ruta ${path} hay un archivo donde debía ir una carpeta. Elige otra con --out.`,
  notUtf8: (path: string, position: number) =>
    `${path} no es texto UTF-8: el byte ${position} no encaja. ` +
    `Conviértelo primero; por ejemplo: iconv -f ISO-8859-1 -t UTF-8 ${path} > nuevo.txt`,
  isUtf16: (path: string) => `${path} es UTF-16. Guárdalo como UTF-8 y prueba otra vez.`,
  isBinary: (path: string) => `${path} no es texto: tiene bytes nulos. Da un archivo .txt.`,
  notJson: (path: string) =>
    `${path} está dañado: no es JSON. Recupera una copia o entrena de nuevo en otra carpeta.`,
  diskFull: (path: string) =>
    `No queda espacio en el disco para escribir ${path}. Lo que ya estaba guardado sigue intacto: libera espacio y sigue con --resume.`,
  noPermission: (path: string) =>
    `No hay permiso para usar ${path}. Elige otra carpeta con --out o cambia los permisos.`,
  fileFailed: (path: string, reason: string) => `Falló una operación con ${path}: ${reason}`,
  textTooShort: (tokens: string, needed: string) =>
    `El texto es muy corto: una de sus dos partes (90 % para entrenar, 10 % para validar) tiene ${tokens} caracteres y hacen falta al menos ${needed}. Usa un texto más largo o un --block-size menor.`,
  runMissing: (folder: string) =>
    `En ${folder} no hay ningún entrenamiento de Lumbre. Empieza uno con «npx lumbre start» o revisa la ruta.`,
  noRuns: 'Todavía no hay entrenamientos en runs/. Empieza uno con «npx lumbre start».',
  runExists: (folder: string) =>
    `${folder} ya existe y no se sobrescribe. Elige otra carpeta con --out o sigue esa con --resume ${folder}`,
  runVersion: (folder: string, found: string, known: number) =>
    `${folder} tiene el formato ${found} y esta versión de Lumbre lee el ${known}. Usa la versión que lo creó o entrena de nuevo.`,
  configInvalid: (path: string, field: string) =>
    `${path} está dañado: falta «${field}» o no es válido. Recupera una copia o entrena de nuevo en otra carpeta.`,
  noCheckpoint: (folder: string) =>
    `En ${folder} todavía no hay punto de control (checkpoint.safetensors). Entrena de nuevo en otra carpeta.`,
  checkpointDamaged: (path: string, reason: string) =>
    `No se puede usar el punto de control ${path}: está dañado o no es de este entrenamiento. Recupera una copia o entrena de nuevo en otra carpeta. (${reason})`,
  dataChanged: (path: string) =>
    `${path} cambió desde que empezó este entrenamiento, y seguir con otro texto no daría lo mismo. Recupera el archivo original o empieza de nuevo.`,
  alreadyFinished: (folder: string, step: string) =>
    `${folder} ya dio sus ${step} pasos. Escribe con «npx lumbre generate ${folder}» o empieza otro entrenamiento.`,
  fixedByRun: (option: string) =>
    `${option} quedó fijado al empezar y no puede cambiar al seguir. Quítalo o empieza otro entrenamiento.`,
  outWithResume: '--out y --resume no van juntos: al seguir se usa la carpeta del entrenamiento.',
  needInteger: (option: string, value: string, least: number) =>
    `${option} debe ser un número entero de al menos ${least}, no «${value}».`,
  needNumber: (option: string, value: string, range: string) =>
    `${option} debe ser un número ${range}, no «${value}».`,
  rangePositive: 'mayor que 0',
  rangeFromZero: 'de al menos 0',
  rangeBelowOne: 'de al menos 0 y menor que 1',
  rangeUpToOne: 'mayor que 0 y de a lo más 1',
  needChoice: (option: string, value: string, choices: string) =>
    `${option} puede ser ${choices}, no «${value}».`,
  or: 'o',
  headsMustDivide: (width: string, heads: string) =>
    `El ancho ${width} no se reparte entre ${heads} cabezas iguales. Elige un --n-embd que sea múltiplo de --n-head.`,
  warmupTooLong: (warmup: string, steps: string) =>
    `--warmup-steps ${warmup} es más que los ${steps} pasos de todo el entrenamiento. Elige un número menor.`,
  unknownCharacter: (character: string) =>
    `El modelo no conoce el carácter ${character} de la indicación: no estaba en el texto del que aprendió. Escríbela sin él.`,
  notStories: (folder: string) =>
    `${folder} no aprendió de los cuentos, así que la gramática no puede medirlo. Entrena con ellos con «npx lumbre start».`,
  diverged: (step: string, folder: string) =>
    `La pérdida dejó de ser un número en el paso ${step}: los pesos crecieron sin límite. Empieza otro entrenamiento con un --lr menor. Lo guardado en ${folder} sigue intacto.`,
};

/** The messages of a language. */
export type Messages = typeof es;
