/** What needs Node: data sets from files and the network, images, folders of texts. */
export {
  type DataPlace,
  type DataSourceOptions,
  type DataStatus,
  dataFolder,
  NodeDataSource,
  openDataSource,
} from './dataSource.ts';
export { type DownloadOptions, type DownloadProgress, download } from './download.ts';
export { encodeGif, type GifOptions } from './gif.ts';
export { type CachedModel, type CachedRevision, scanCache } from './hub/scanCache.ts';
export { hubCacheFolder, hubSettings, hubToken } from './hub/settings.ts';
export { type ImageFolder, type ReadImageOptions, readImage, readImageFolder } from './imageFiles.ts';
export { decodePicture } from './picture.ts';
export { makePixelFaces, type PixelFaces } from './pixelFaces.ts';
export { encodePng } from './png.ts';
export { readTextFile, readTextFolder, type TextFile, type TextFolderOptions } from './textFiles.ts';
export { tokenFolder } from './tokenShards.ts';
export { type UserDataOptions, withUserData } from './userData.ts';
export { readUserMusic } from './userMusic.ts';
