/** What the command line says about data sets, in Spanish. `dataEn.ts` has the same keys. */
export const dataEs = {
  dataTitle: 'Conjuntos de datos',
  dataKinds: { text: 'textos', image: 'imágenes', music: 'música', table: 'tablas' },
  dataPlaces: {
    mirror: 'en tu carpeta de datos',
    cache: 'descargado',
    made: 'ya generado',
    generated: 'se genera aquí',
    download: 'por descargar',
    nowhere: 'solo de una carpeta de datos',
  },
  dataListHint:
    'Mira uno de cerca con «npx lumbre data info NOMBRE»; descárgalo con «npx lumbre data get NOMBRE».',
  dataAlsoCalled: 'también se llama',
  dataLicence: 'licencia',
  dataSource: 'fuente',
  dataSize: 'tamaño',
  dataPlace: 'estado',
  dataFolder: 'carpeta',
  dataNote: 'nota',
  dataContents: 'contenido',
  dataColumns: 'columnas',
  dataTarget: (column: string) => `se suele predecir ${column}`,
  dataCharacters: (count: string) => `${count} caracteres`,
  dataLines: (count: string) => `${count} líneas`,
  dataRows: (count: string) => `${count} filas`,
  dataImages: (train: string, shape: string, test: string | null) =>
    `${train} imágenes de ${shape}${test === null ? '' : `, y ${test} de prueba`}`,
  dataPieces: (train: string, validation: string, test: string) =>
    `${train} piezas para entrenar, ${validation} de validación y ${test} de prueba`,
  dataNotHereHint: (name: string, size: string) =>
    `Todavía no está aquí. Descárgalo${size === '' ? '' : ` (${size})`} con «npx lumbre data get ${name}».`,
  dataGeneratedHint: (name: string) =>
    `No hace falta descargarlo: se genera aquí en unos segundos, la primera vez que se usa o con «npx lumbre data get ${name}».`,
  dataNowhereHint: (reason: string) =>
    `No se puede descargar: ${reason}. Di en qué carpeta está con --data-dir o LUMBRE_DATA.`,
  dataDownloading: (file: string, size: string) => `Descarga ${file}${size === '' ? '' : ` (${size})`}…`,
  dataGenerating: (name: string) => `Genera ${name}…`,
  dataReady: (title: string, folder: string) => `Listo: ${title}, en ${folder}`,
  dataAlreadyThere: (title: string, folder: string) => `Ya estaba: ${title}, en ${folder}`,

  dataUnknown: (name: string, close: string, names: string) =>
    close === ''
      ? `No hay ningún conjunto de datos «${name}». Los que hay: ${names}.`
      : `No hay ningún conjunto de datos «${name}». ¿Será ${close}? Con «npx lumbre data list» ves todos.`,
  dataNotHere: (name: string) =>
    `${name} todavía no está aquí. Descárgalo con «npx lumbre data get ${name}», o di con --data-dir (o LUMBRE_DATA) en qué carpeta lo tienes.`,
  dataOnlyMirror: (name: string, files: string, source: string) =>
    `${name} no se puede descargar. Hace falta una carpeta que tenga ${files}: di cuál con --data-dir o LUMBRE_DATA. Su fuente: ${source}`,
  dataWrongHash: (path: string, found: string, expected: string) =>
    `${path} no es lo que debería: su contenido tiene el SHA-256 ${found} y se esperaba ${expected}. Está dañado o es otra versión; bórralo o descárgalo de nuevo con --force.`,
  dataDamaged: (path: string, reason: string) =>
    `${path} está dañado o tiene otro formato (${reason}). Recupera una copia, o descárgalo de nuevo con --force.`,
  dataFolderMissing: (path: string) =>
    `La carpeta de datos ${path} no existe. Corrige --data-dir o LUMBRE_DATA, o quítalo.`,
  dataOffline: (name: string, reason: string) =>
    `No se pudo descargar ${name} (${reason}). Revisa la conexión y vuelve a intentarlo: seguirá donde quedó. Sin red, usa una carpeta de datos con --data-dir o LUMBRE_DATA.`,
  dataStatus: (name: string, reason: string) =>
    `No se pudo descargar ${name} (${reason}). Puede que ya no esté ahí; usa una carpeta de datos con --data-dir o LUMBRE_DATA.`,
  dataTooLarge: (name: string, reason: string) =>
    `${name} es más grande de lo que debería (${reason}), así que no se descargó: no puede ser lo que se buscaba.`,
  dataBusy: (name: string, process: string, path: string) =>
    `Otro proceso (${process}) está descargando ${name}. Espera a que termine; si no hay ninguno, borra ${path}.`,
  dataAborted: (name: string) => `La descarga de ${name} quedó a medias; la próxima seguirá desde ahí.`,
};
