/** Everything that the command line says, in Spanish. `en.ts` has the same keys: the compiler holds them together. */
export const es = {
  // What is being trained.
  stories: 'cuentos en español',
  storiesIn: (language: string) => (language === 'en' ? 'cuentos en inglés' : 'cuentos en español'),
  parameters: (count: string) => `${count} parámetros`,
  modelSize: (layers: string, heads: string, width: string, block: string) =>
    `${layers} capas · ${heads} cabezas · ancho ${width} · contexto ${block}`,
  alphabet: (characters: string, symbols: string) => `${characters} caracteres · ${symbols} símbolos distintos`,
  device: (name: string, threads: number) =>
    name !== 'wasm' ? `en ${name}` : threads === 1 ? 'en wasm, 1 hilo' : `en wasm, ${threads} hilos`,
  savedIn: (folder: string) => `La ejecución se guarda en ${folder}`,
  preparing: 'Encendiendo…',
  resuming: (step: string) => `Sigue desde el paso ${step}.`,

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
  chartTitle: 'pérdida por paso',
  trainingLegend: 'entrenamiento',
  validationLegend: 'validación',

  // The end of a training.
  finished: (step: string, time: string) => `Listo: ${step} pasos en ${time}.`,
  finalLosses: (training: string, validation: string) => `Pérdida ${training} · validación ${validation}`,
  stopped: (step: string) => `En pausa en el paso ${step}; todo está guardado. Para seguir:`,
  next: 'Y ahora, prueba:',
  nextGenerate: 'escribe con otro comienzo',
  nextEvaluate: 'mide otros cien cuentos',
  nextQuixote: 'aprende de un libro tuyo, en texto UTF-8',
  nextResume: 'sigue entrenando',
  threeStories: 'Tres cuentos nuevos',
  examplePrompt: 'Había una vez',
  measuring: (count: string) => `Escribiendo y midiendo ${count} cuentos…`,
  evaluationTitle: 'Medidos con la gramática',

  // Errors: what happened, why, what to do.
  error: 'Error:',
  fileMissing: (path: string) => `No existe ${path}. Revisa la ruta y el nombre.`,
  fileEmpty: (path: string) => `${path} está vacío. Elige un archivo con texto.`,
  isFolder: (path: string) => `${path} es una carpeta. Da el nombre de un archivo.`,
  notFolder: (path: string) => `En la ruta ${path} hay un archivo donde debía ir una carpeta. Elige otra con --out.`,
  notUtf8: (path: string, position: number) =>
    `${path} no es texto UTF-8: el byte ${position} no se puede leer. ` +
    `Conviértelo primero; por ejemplo: iconv -f ISO-8859-1 -t UTF-8 ${path} > nuevo.txt`,
  notJson: (path: string) => `${path} está dañado: no es JSON. Recupera una copia o entrena de nuevo en otra carpeta.`,
  diskFull: (path: string) =>
    `No queda espacio en el disco para escribir ${path}. Lo que ya estaba guardado sigue intacto; libera espacio y sigue con --resume.`,
  noPermission: (path: string) => `No hay permiso para usar ${path}. Elige otra carpeta con --out o cambia los permisos.`,
  fileFailed: (path: string, reason: string) => `Falló una operación con ${path}: ${reason}`,
  textTooShort: (path: string, characters: string, needed: string) =>
    `${path} es muy corto: tiene ${characters} caracteres y hacen falta al menos ${needed}. Usa un texto más largo o un --block-size menor.`,
  runMissing: (folder: string) =>
    `En ${folder} no hay ninguna ejecución de Lumbre. Entrena una con «lumbre start» o revisa la ruta.`,
  noRuns: 'Todavía no hay ejecuciones en runs/. Entrena una con «lumbre start».',
  runExists: (folder: string) =>
    `${folder} ya existe y no se sobrescribe. Elige otra carpeta con --out o sigue esa con --resume ${folder}`,
  runVersion: (folder: string, found: string, known: number) =>
    `${folder} tiene el formato ${found} y esta versión de Lumbre lee el ${known}. Usa la versión que la creó o entrena de nuevo.`,
  configInvalid: (path: string, field: string) =>
    `${path} está dañado: falta «${field}» o no es válido. Recupera una copia o entrena de nuevo en otra carpeta.`,
  noCheckpoint: (folder: string) =>
    `En ${folder} todavía no hay punto de control (checkpoint.safetensors). Entrena de nuevo en otra carpeta.`,
  checkpointDamaged: (path: string, reason: string) =>
    `No se puede leer el punto de control ${path}: está dañado o no es de esta ejecución. Recupera una copia o entrena de nuevo en otra carpeta. (${reason})`,
  dataChanged: (path: string) =>
    `${path} cambió desde que empezó esta ejecución, y seguir con otro texto no daría el mismo resultado. Recupera el archivo original o empieza una ejecución nueva.`,
  alreadyFinished: (folder: string, step: string) =>
    `${folder} ya terminó sus ${step} pasos. Escribe con «lumbre generate ${folder}» o empieza una ejecución nueva.`,
  fixedByRun: (option: string) =>
    `${option} no se puede cambiar al seguir una ejecución: lo fijó su comienzo. Quítalo o empieza una nueva.`,
  outWithResume: '--out y --resume no van juntos: al seguir se usa la carpeta de la ejecución.',
  needInteger: (option: string, value: string, least: number) =>
    `${option} debe ser un número entero de al menos ${least}, no «${value}».`,
  needNumber: (option: string, value: string, range: string) => `${option} debe ser un número ${range}, no «${value}».`,
  rangePositive: 'mayor que 0',
  rangeFromZero: 'de al menos 0',
  rangeBelowOne: 'de al menos 0 y menor que 1',
  rangeUpToOne: 'mayor que 0 y de a lo más 1',
  needChoice: (option: string, value: string, choices: string) => `${option} puede ser ${choices}, no «${value}».`,
  or: 'o',
  unknownCharacter: (character: string, alphabet: string) =>
    `El modelo no conoce el carácter ${character} de la indicación. Usa solo los que vio al entrenar: ${alphabet}`,
  notStories: (folder: string) =>
    `${folder} no aprendió de los cuentos, así que la gramática no puede medirla. Entrena una con «lumbre start».`,
  diverged: (step: string, folder: string) =>
    `La pérdida dejó de ser un número en el paso ${step}: los pesos crecieron sin límite. Empieza otra ejecución con un --lr menor. Lo guardado en ${folder} sigue intacto.`,
};

/** The messages of a language. */
export type Messages = typeof es;
