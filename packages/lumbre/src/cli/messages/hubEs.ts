/** What the command line says about models of the hub, in Spanish. `hubEn.ts` has the same keys. */
export const hubEs = {
  hubTitle: 'Modelos descargados',
  hubCacheFolder: (folder: string) => `en ${folder}`,
  hubCacheEmpty: 'Todavía no hay ninguno.',
  hubFiles: (figure: string, count: number) => `${figure} ${count === 1 ? 'archivo' : 'archivos'}`,
  hubRevisions: (figure: string) => `${figure} versiones`,
  hubIncomplete: (size: string) => `${size} a medio descargar`,
  hubListHint: 'Descarga otro con «npx lumbre hub download MODELO».',
  hubReady: (name: string, files: string, count: number, size: string) =>
    `Listo: ${name}, ${files} ${count === 1 ? 'archivo' : 'archivos'}, ${size}`,
  hubNothing: (name: string) => `${name} no tiene archivos que se puedan cargar aquí.`,
  hubRevision: 'versión',
  hubKind: 'tipo',
  hubClass: 'clase',
  hubSizes: 'medidas',
  hubWeights: 'pesos',
  hubParameters: (figure: string) => `${figure} números`,
  hubNotHere: 'sin descargar',
  hubAllFiles: 'archivos',
  hubInfoHint: (name: string) => `Descárgalo con «npx lumbre hub download ${name}».`,

  hubBadName: (name: string) =>
    `«${name}» no es una carpeta ni el nombre de un modelo. Los nombres son como «gpt2» o «HuggingFaceTB/SmolLM-135M»; las carpetas empiezan por ./ o por /.`,
  hubBadPath: (path: string) => `«${path}» no es una ruta dentro del modelo.`,
  hubNoRepository: (name: string, endpoint: string) =>
    `En ${endpoint} no hay ningún modelo «${name}», o no es público. Si es privado, pon en HF_TOKEN una clave que pueda leerlo.`,
  hubNoFolder: (name: string) => `No existe la carpeta «${name}».`,
  hubNoRevision: (name: string, revision: string) =>
    `${name} no tiene la versión «${revision}»; vale una rama, una etiqueta o el código de un commit.`,
  hubNoFile: (name: string, path: string) => `${name} no tiene el archivo «${path}».`,
  hubNoWeights: (name: string) =>
    `${name} no tiene pesos que se puedan leer aquí: safetensors, pytorch_model.bin o un solo .gguf.`,
  hubUnauthorized: (name: string) => `El servidor no deja leer ${name}. ¿Es correcta la clave de HF_TOKEN?`,
  hubGated: (name: string, page: string) =>
    `${name} solo se deja descargar a quien acepta sus condiciones: hazlo en ${page} y pon tu clave en HF_TOKEN.`,
  hubOffline: (host: string, reason: string) =>
    `${host} no responde (${reason}). Revisa la conexión y repite la orden: sigue donde se quedó. Sin red valen los modelos ya descargados, con HF_HUB_OFFLINE=1.`,
  hubNotCached: (name: string, path: string, cache: string) =>
    `${path} de ${name} no está en ${cache}, y no se puede descargar nada (HF_HUB_OFFLINE, --local). Descárgalo una vez, o di en qué carpeta está el modelo.`,
  hubStatus: (endpoint: string, status: string) => `${endpoint} respondió ${status}.`,
  hubDamaged: (name: string, path: string, reason: string) =>
    `${path} de ${name} está dañado o es de otro formato (${reason}). Vuelve a descargarlo.`,
  hubWrongHash: (name: string, path: string) =>
    `Lo que llegó de ${path} (${name}) no es lo que el servidor dice que es, y se borró. Inténtalo otra vez.`,
  hubTooLarge: (path: string) => `${path} es más grande de lo que debería, así que no se leyó.`,
  hubAborted: 'La descarga se detuvo a medias; la próxima sigue desde ahí.',
};
