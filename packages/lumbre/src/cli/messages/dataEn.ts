import type { dataEs } from './dataEs.ts';

/** What the command line says about data sets, in English. */
export const dataEn: typeof dataEs = {
  dataTitle: 'Data sets',
  dataKinds: { text: 'texts', image: 'images', music: 'music', table: 'tables' },
  dataPlaces: {
    mirror: 'in your data folder',
    cache: 'downloaded',
    made: 'made already',
    generated: 'made here',
    download: 'to be downloaded',
    nowhere: 'only from a data folder',
  },
  dataListHint: "Look at one with 'npx lumbre data info NAME'; download it with 'npx lumbre data get NAME'.",
  dataAlsoCalled: 'also called',
  dataLicence: 'licence',
  dataSource: 'source',
  dataSize: 'size',
  dataPlace: 'state',
  dataFolder: 'folder',
  dataNote: 'note',
  dataContents: 'contents',
  dataColumns: 'columns',
  dataTarget: (column) => `usually predicted: ${column}`,
  dataCharacters: (count) => `${count} characters`,
  dataLines: (count) => `${count} lines`,
  dataRows: (count) => `${count} rows`,
  dataImages: (train, shape, test) =>
    `${train} images of ${shape}${test === null ? '' : `, and ${test} for testing`}`,
  dataPieces: (train, validation, test) =>
    `${train} pieces for training, ${validation} for validation, ${test} for testing`,
  dataNotHereHint: (name, size) =>
    `Not here yet. Download it${size === '' ? '' : ` (${size})`} with 'npx lumbre data get ${name}'.`,
  dataGeneratedHint: (name) =>
    `Needs no download: it is made here in some seconds, when it is first used or with 'npx lumbre data get ${name}'.`,
  dataNowhereHint: (reason) =>
    `Cannot be downloaded: ${reason}. Name a folder that has it in --data-dir or LUMBRE_DATA.`,
  dataDownloading: (file, size) => `Downloading ${file}${size === '' ? '' : ` (${size})`}…`,
  dataGenerating: (name) => `Making ${name}…`,
  dataReady: (title, folder) => `Done: ${title}, in ${folder}`,
  dataAlreadyThere: (title, folder) => `Already there: ${title}, in ${folder}`,

  dataUnknown: (name, close, names) =>
    close === ''
      ? `There is no data set '${name}'. There are: ${names}.`
      : `There is no data set '${name}'. Did you mean ${close}? 'npx lumbre data list' shows them all.`,
  dataNotHere: (name) =>
    `${name} is not here yet. Download it with 'npx lumbre data get ${name}', or name a folder that has it in --data-dir or LUMBRE_DATA.`,
  dataOnlyMirror: (name, files, source) =>
    `${name} cannot be downloaded. It takes a folder that has ${files}: name it in --data-dir or LUMBRE_DATA. Its source: ${source}`,
  dataWrongHash: (path, found, expected) =>
    `${path} is not what it should be: the SHA-256 of its content is ${found}, expected ${expected}. It is damaged, or another version; delete it, or download it again with --force.`,
  dataDamaged: (path, reason) =>
    `${path} is damaged or of another format (${reason}). Restore a copy, or download it again with --force.`,
  dataFolderMissing: (path) =>
    `The data folder ${path} does not exist. Correct --data-dir or LUMBRE_DATA, or leave it out.`,
  dataOffline: (name, reason) =>
    `${name} could not be downloaded (${reason}). Look at the connection and try again: it goes on where it stopped. Without a network, use a data folder with --data-dir or LUMBRE_DATA.`,
  dataStatus: (name, reason) =>
    `${name} could not be downloaded (${reason}). It may be there no more; use a data folder with --data-dir or LUMBRE_DATA.`,
  dataTooLarge: (name, reason) =>
    `${name} is larger than it should be (${reason}), so it was not downloaded: it cannot be what was looked for.`,
  dataBusy: (name, process, path) =>
    `Another process (${process}) is downloading ${name}. Wait for it; if there is none, delete ${path}.`,
  dataAborted: (name) => `The download of ${name} was stopped half-way; the next one goes on from there.`,
};
