/**
 * What every Chromium of ours is started with: no sandbox because containers run tests as root, no calls home, and a graphics card in
 * software for the tests of WebGPU.
 */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];
