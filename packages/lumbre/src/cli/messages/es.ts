import { besideReal } from './besideReal.ts';
import { dataEs } from './dataEs.ts';
import { finetuneEs } from './finetuneEs.ts';
import { hubEs } from './hubEs.ts';
import { tokenizerEs } from './tokenizerEs.ts';

/** Everything that the command line says, in Spanish. `en.ts` has the same keys: the compiler holds them together. */
export const es = {
  ...dataEs,
  ...finetuneEs,
  ...hubEs,
  ...tokenizerEs,

  // What is being trained.
  storyFolderName: 'cuentos',
  storiesIn: (language: string): string => (language === 'en' ? 'cuentos en inglés' : 'cuentos en español'),
  parameters: (count: string) => `${count} parámetros`,
  device: (name: string) => `dispositivo ${name}`,
  savedIn: (folder: string) => `Todo se guarda en ${folder}`,
  preparing: 'Encendiendo…',
  resuming: (step: string) => `Sigue desde el paso ${step}`,

  // The live display.
  step: 'paso',
  of: 'de',
  validation: 'validación',
  /** Figures that have a word; others go by their names. */
  metrics: {
    loss: 'pérdida',
    accuracy: 'exactitud',
    kl: 'divergencia KL',
    gradNorm: 'norma del gradiente',
    lr: 'tasa de aprendizaje',
    precision: 'precisión',
    recall: 'exhaustividad',
    neighbours: 'vecinos de la misma clase',
    density: 'densidad',
    coverage: 'cobertura',
    fid: 'FID',
    fidReal: 'FID de reales frente a reales',
    fidRatio: 'FID frente a la de reales',
    samples: 'imágenes medidas',
    mse: 'error cuadrático por píxel',
    noisyMse: 'error de lo que vio',
    elbo: 'cota inferior (ELBO)',
    reconstruction: 'reconstrucción',
    perplexity: 'perplejidad',
    inertia: 'inercia',
    purity: 'pureza',
    usage: 'códigos en uso',
    generator: 'generador',
    discriminator: 'discriminador',
    critic: 'crítico',
    distance: 'distancia a lo real',
    diversity: 'diversidad',
    real: 'puntos de las reales',
    fake: 'puntos de las falsas',
    penalty: 'penalización',
    prior: 'sorpresa por código',
    bitsPerCharacter: 'bits por carácter',
    known: 'los que ya conocía',
    distinct: 'los que no se repiten',
    meanLength: 'largo medio',
    meanLengthOfData: 'largo medio de los datos',
    trigramDivergence: 'distancia entre trigramas',
    ngrams: 'n-gramas distintos',
    temperature: 'temperatura',
    maskedLM: 'pérdida en los huecos',
    nextSentence: 'pérdida en las frases',
    maskedAccuracy: 'huecos acertados',
    nextSentenceAccuracy: 'frases acertadas',
    ...besideReal(
      {
        notesPerStep: 'notas por paso',
        silent: 'pasos en silencio',
        usedPitches: 'notas distintas',
        lowest: 'la más grave (MIDI)',
        highest: 'la más aguda (MIDI)',
        inScale: 'notas de la escala',
        consonant: 'intervalos consonantes',
        held: 'notas que se mantienen',
      },
      'en piezas reales',
    ),
    natsPerStep: 'nats por paso',
    natsPerNote: 'nats por nota',
    nGramNatsPerStep: 'nats por paso de los n-gramas',
    nGramNatsPerNote: 'nats por nota de los n-gramas',
  } as Readonly<Record<string, string>>,
  perSecond: {
    tokens: 'tokens/s',
    images: 'imágenes/s',
    examples: 'ejemplos/s',
    notes: 'notas/s',
  },
  sampleOfMusic: 'Una pieza nueva, en la carpeta samples',
  sampleOfImages: 'Imágenes nuevas, en la carpeta samples',
  left: (time: string) => `quedan ${time}`,
  sampleAt: (step: string) => `Muestra en el paso ${step}`,
  firstSampleAt: (step: string) => `La primera muestra llega en el paso ${step}`,
  interruptHint: 'Ctrl-C guarda y para',
  stopping: 'Un momento: termina este paso y se guarda. Otro Ctrl-C sale ya, sin guardar.',
  chartTitle: (metric: string) => `${metric.charAt(0).toUpperCase()}${metric.slice(1)} por paso`,
  trainingLegend: 'entrenamiento',
  validationLegend: 'validación',

  // The end of a training.
  finished: (step: string, time: string) => `Listo: ${step} pasos en ${time}.`,
  stopped: (step: string) => `En pausa en el paso ${step}; todo está guardado. Para seguir:`,
  next: 'Y ahora, prueba:',
  nextGenerate: 'escribe a partir de un comienzo tuyo',
  nextFill: 'llena los huecos de una frase tuya',
  nextSample: 'crea imágenes nuevas',
  nextCompose: 'compone piezas nuevas, en MIDI',
  nextEval: 'lo mide con datos que no ha visto',
  nextEvaluate: 'mide otros cien cuentos con la gramática',
  goOn: 'sigue donde se quedó',
  makeAgain: 'lo entrena otra vez, igual',
  lookInTensorBoard: 'abre las curvas en TensorBoard',
  reportIn: (path: string) => `El informe, para abrir en un navegador: ${path}`,
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

  // What `doctor` finds.
  doctorDevices: 'Dispositivos',
  doctorWorks: 'funciona',
  doctorFails: 'no funciona',
  doctorNative: 'código de máquina, compilado aquí mismo; lo más rápido',
  doctorWasm: 'WebAssembly; rápido, y no necesita compilador',
  doctorJs: 'calcula con 64 bits; exacto y lento',
  doctorDefaultAsked: (name: string) => `Se usa ${name}, porque lo pide LUMBRE_DEVICE.`,
  doctorDefaultFastest: (name: string) =>
    `Se usa ${name}, el más rápido que hay. Puedes pedir otro con LUMBRE_DEVICE.`,
  doctorMachine: 'Máquina',
  doctorProcessor: 'procesador',
  doctorCores: (text: string, cores: number) => `${text} ${cores === 1 ? 'núcleo' : 'núcleos'}`,
  doctorThreads: 'hilos',
  doctorThreadCount: (text: string, threads: number) =>
    `${text} ${threads === 1 ? 'calcula' : 'calculan'} a la vez; LUMBRE_THREADS lo cambia`,
  doctorMemory: 'memoria',
  doctorMemoryOf: (total: string, free: string) => `${total}, con ${free} libres`,
  doctorSystem: 'sistema',
  doctorSimd: 'vectores (SIMD)',
  doctorRelaxedSimd: 'SIMD relajado',
  doctorCompiler: 'Compilador de C',
  doctorNone: 'No hay ninguno que sirva; arriba, junto a native, está el porqué.',
  doctorCommand: 'programa',
  doctorVersion: 'versión',
  doctorVectors: 'vectores',
  doctorVectorsOf: (bits: string, lanes: string) => `${bits} bits: ${lanes} números de 32 bits a la vez`,
  doctorInstructions: 'instrucciones',
  doctorFma: 'multiplicar y sumar de una vez (FMA)',
  doctorFloat16: 'decimales de 16 bits',
  doctorInt8: 'productos de enteros de 8 bits',
  doctorEngine: 'prueba',
  doctorEngineStarts: (seconds: string) =>
    `el motor arranca, y un núcleo de cálculo da lo que debe (${seconds}\u00a0s)`,
  doctorSeeTrial: 'su motor no arranca; el porqué está más abajo, junto al compilador',
  doctorEngineFails: 'el motor no arranca',
  doctorCache: 'Caché de núcleos de cálculo',
  doctorFolder: 'carpeta',
  doctorContents: 'contenido',
  doctorCacheHolds: (holds: string, bound: string) => `${holds}, de ${bound} que caben`,
  doctorWriting: 'escritura',
  doctorWritable: 'se puede escribir',
  doctorVariables: 'Variables de entorno',
  doctorSpeed: 'Velocidad',
  doctorMeasuring: 'midiendo…',
  doctorNotMeasured: (name: string, why: string) => `No se pudo medir ${name}: ${why}`,
  doctorMatmul: 'producto de matrices',
  doctorThroughput: 'memoria',
  doctorCall: 'llamada pequeña',
  doctorBestAndMedian: 'Primero va la mejor medida y, entre paréntesis, la mediana.',
  doctorMeasured: (devices: string, size: string, elements: string, few: string) =>
    `${devices}: matrices de ${size}×${size}; 2x + 1 con ${elements} números; x + 1 con ${few}.`,
  doctorVerdict: (name: string) => `Todo listo: ${name} funciona.`,
  doctorAskedFails: (name: string, by: string, why: string) =>
    `El dispositivo ${name}, que pide ${by}, no funciona aquí. ${why}`,
  doctorDefaultFails: (name: string, why: string) =>
    `El dispositivo ${name}, que se usaría aquí, no funciona; elige otro con LUMBRE_DEVICE. ${why}`,
  doctorUnknownDevice: (names: string) => `No hay ninguno con ese nombre: los que hay son ${names}.`,
  doctorInstall: (mac: boolean): string =>
    mac
      ? 'instala el de Apple con «xcode-select --install»'
      : 'instala uno (en Debian y Ubuntu, con «apt install gcc libc6-dev») o di dónde está con LUMBRE_CC',
  doctorNoCompiler: (names: string, install: string) =>
    `No hay ningún compilador de C (en PATH no están ${names}): ${install}.`,
  doctorCompilerNotThere: (name: string, variable: string) =>
    `No existe el compilador de C «${name}» que nombra ${variable}: corrige la variable o quítala.`,
  doctorCompilerBroken: (command: string, complaint: string) =>
    `El compilador de C ${command} no funciona (${complaint}): arréglalo o nombra otro en LUMBRE_CC.`,
  doctorNoHeaders: (command: string, install: string) =>
    `Al compilador de C ${command} le faltan los archivos de cabecera: ${install}.`,
  doctorWindows: 'En Windows no se compila a código de máquina: para eso, usa Lumbre en WSL.',
  doctorBadThreads: (value: string) =>
    `LUMBRE_THREADS vale «${value}» y debe ser un número entero de 1 a 64: corrígelo o quítalo.`,
  doctorNoSimd: 'Este Node no tiene WebAssembly con vectores de 128 bits: instala uno más nuevo.',
  doctorWrongValues: (values: string) =>
    `2x + 1 con 1, 2 y 3 dio ${values}, y debía dar 3 5 7: es un error de Lumbre; cuéntalo, por favor.`,
  doctorFolderUnsafe:
    'Otros usuarios pueden escribir en la carpeta, y con eso poner código en ella: nombra otra en LUMBRE_CACHE.',
  doctorFolderForbidden: 'No hay permiso para escribir en la carpeta: nombra otra en LUMBRE_CACHE.',
  doctorFolderIsFile: 'En esa ruta hay un archivo donde debía ir una carpeta: nombra otra en LUMBRE_CACHE.',
  doctorFolderReadOnly: 'El disco es de solo lectura: nombra otra carpeta en LUMBRE_CACHE.',
  doctorFolderFull: 'No queda espacio en el disco: libera un poco o nombra otra carpeta en LUMBRE_CACHE.',
  doctorFolderFails: (reason: string) =>
    `No se puede usar la carpeta (${reason}): nombra otra en LUMBRE_CACHE.`,

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
    `El texto es muy corto: una de sus dos partes (90 % para entrenar, 10 % para validar) tiene ${tokens} caracteres y hacen falta al menos ${needed}. Usa un texto más largo o una ventana menor, con --set model.blockSize.`,
  runMissing: (folder: string) =>
    `En ${folder} no hay ningún entrenamiento de Lumbre. Empieza uno con «npx lumbre train», o revisa la ruta.`,
  noRuns: 'Todavía no hay entrenamientos en runs/. Empieza uno con «npx lumbre train».',
  runExists: (folder: string) =>
    `${folder} ya existe y no se sobrescribe. Elige otra carpeta con --out o sigue esa con --resume ${folder}`,
  configInvalid: (path: string, reason: string) =>
    `No se puede usar ${path}. Recupera una copia o entrena de nuevo en otra carpeta. (${reason})`,
  noCheckpoint: (folder: string) =>
    `En ${folder} todavía no hay punto de control (checkpoint.safetensors). Entrena de nuevo en otra carpeta.`,
  checkpointDamaged: (path: string, reason: string) =>
    `No se puede usar el punto de control ${path}: está dañado o no es de este entrenamiento. Recupera una copia o entrena de nuevo en otra carpeta. (${reason})`,
  alreadyFinished: (folder: string, step: string) =>
    `${folder} ya dio sus ${step} pasos. Úsalo o empieza otro entrenamiento.`,
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
  unknownCharacter: (character: string) =>
    `El modelo no conoce el carácter ${character} de la indicación: no estaba en el texto del que aprendió. Escríbela sin él.`,
  modelDamaged: (folder: string, reason: string) =>
    `No se puede abrir el modelo de ${folder}. Recupera una copia o entrena de nuevo. (${reason})`,
  families: {
    text: 'Texto',
    images: 'Imágenes',
    music: 'Música',
    classifiers: 'Clasificadores',
    clusters: 'Sin supervisión',
    tables: 'Tablas',
  },
  takesAbout: (time: string) => `unos ${time} con dos núcleos`,
  recipeHint: 'Para empezar: npx lumbre train RECETA. Los datos, con npx lumbre data list.',
  needRecipe: 'Falta la receta: «npx lumbre train --list» enseña las que hay.',
  unknownRecipe: (name: string, names: string) =>
    `No hay ninguna receta «${name}». Las que hay: ${names}. Con «npx lumbre train --list» ves qué hace cada una.`,
  unknownModel: (name: string, names: string) =>
    `No hay ningún modelo ni carpeta «${name}». Entrenados ya: ${names}. Los tuyos están en runs/.`,
  configProblems: (recipe: string) => `La configuración no le sirve a la receta «${recipe}»:`,
  unknownSetting: (known: string) => `no existe. Hay: ${known}`,
  notJsonObject: (path: string) => `${path} debe tener un objeto de JSON, como {"train": {"steps": 100}}.`,
  serving: (name: string, address: string) => `${name} está en ${address}/v1`,
  openToAll: 'Cualquiera que alcance este ordenador puede usarlo: pon una clave con --api-key.',
  howToEndServing: 'Ctrl-C lo termina; los textos a medias tienen unos segundos para acabar.',
  endingServing: 'Terminando…',
  noPort: (port: number) => `${port} no es un puerto: --port va de 0 a 65535.`,
  cannotListen: (host: string, port: number, code: string) =>
    code === 'EADDRINUSE'
      ? `El puerto ${port} de ${host} está ocupado; elige otro con --port, o 0 para uno cualquiera.`
      : `No se puede escuchar en ${host}:${port} (${code}); prueba con otro --host o --port.`,
  cannotWrite: (name: string) =>
    `${name} no escribe textos. Si hace imágenes o música, usa «npx lumbre sample».`,
  needGap: (gap: string) =>
    `Este modelo llena huecos: escribe ${gap} donde falte una palabra. Por ejemplo: --prompt "En un lugar de la ${gap}"`,
  cannotSample: (name: string) =>
    `${name} no hace ni imágenes ni música. Si escribe, usa «npx lumbre generate».`,
  cannotDo: (name: string, option: string) => `${name} no sabe hacer lo que pide ${option}.`,
  savedFile: (path: string) => `Guardado en ${path}`,
  exportExists: (folder: string) => `${folder} ya existe y no se sobrescribe. Elige otra carpeta.`,
  cardProduces: (what: string) => `Da ${what}.`,
  cardSize: (parameters: string, kilobytes: string) => `Tiene ${parameters} parámetros (${kilobytes} kB).`,
  cardData: 'De qué aprendió',
  cardLicence: (licence: string) => `Licencia: ${licence}.`,
  cardFigures: 'Medido con datos que no ha visto',
  cardFigure: 'medida',
  cardValue: 'valor',
  cardAgain: 'Cómo se hace de nuevo',
  cardConfiguration: 'Configuración',
  cardSetting: 'ajuste',
  runFolder: 'carpeta',
  runRecipe: 'receta',
  runData: 'datos',
  runTime: 'tiempo',
  runBest: 'mejor',
  runDamaged: 'dañado',
  noFigure: (folder: string, figure: string, names: string) =>
    `En ${folder} no se midió «${figure}». Lo que hay: ${names}.`,
  cannotEvaluate: (name: string) => `Para ${name} no hay nada que medir con datos nuevos.`,
  notStories: (folder: string) =>
    `${folder} no aprendió de los cuentos, así que la gramática no puede medirlo. Entrena con ellos con «npx lumbre start».`,
  outOfMemory: (needed: string, free: string, settings: string) =>
    `Este entrenamiento no cabe en la memoria: necesita unos ${needed} y hay ${free} libres. No se ha escrito nada. Prueba con menos en ${settings}.`,
  tensorTooLarge: (needed: string, free: string, settings: string) =>
    `Este entrenamiento no cabe en la memoria: una sola de sus matrices mide ${needed}, más de lo que cabe en un tensor (16\u00a0GiB), y hay ${free} libres para todo. No se ha escrito nada. Prueba con menos en ${settings}.`,
  diverged: (step: string, folder: string) =>
    `La pérdida dejó de ser un número en el paso ${step}: los pesos crecieron sin límite. Empieza otro entrenamiento con una tasa menor, con --lr. Lo guardado en ${folder} sigue intacto.`,
};

/** The messages of a language. */
export type Messages = typeof es;
