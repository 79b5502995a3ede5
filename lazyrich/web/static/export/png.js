// PNG files from known pixels, without reading a canvas, where some browsers return noise (readback.js).

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/**
 * The PNG of an image, as the address of its data.
 *
 * @param {ImageData} image
 * @returns {Promise<string>}
 */
export async function pngAddress({ data, width, height }) {
  const lines = new Uint8Array(height * (4 * width + 1)); // each line begins with 0, for no filter
  for (let row = 0; row < height; row++) {
    lines.set(data.subarray(4 * width * row, 4 * width * (row + 1)), row * (4 * width + 1) + 1);
  }
  const packed = new Response(new Blob([lines]).stream().pipeThrough(new CompressionStream("deflate")));
  const head = new DataView(new ArrayBuffer(13));
  head.setUint32(0, width);
  head.setUint32(4, height);
  head.setUint16(8, 0x0806); // 8 bits for each of red, green, blue and opacity
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", new Uint8Array(head.buffer)),
    chunk("IDAT", new Uint8Array(await packed.arrayBuffer())),
    chunk("IEND", new Uint8Array()),
  ];
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob(parts, { type: "image/png" }));
  });
}

/**
 * @param {string} name
 * @param {Uint8Array} content
 */
function chunk(name, content) {
  const whole = new Uint8Array(12 + content.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, content.length);
  whole.set(new TextEncoder().encode(name), 4);
  whole.set(content, 8);
  let crc = 0xffffffff;
  for (let i = 4; i < 8 + content.length; i++) crc = CRC[(crc ^ whole[i]) & 255] ^ (crc >>> 8);
  view.setUint32(8 + content.length, ~crc >>> 0);
  return whole;
}

/** @typedef {[left: number, top: number, width: number, height: number]} Box in pixels */
/** @typedef {[from: Box, to: Box]} Part */

/**
 * Parts of an image made larger, each pixel as a block, on an otherwise clear one of some size.
 *
 * @param {ImageData} image
 * @param {Part[]} parts
 * @param {number} width
 * @param {number} height
 */
export function enlarged(image, parts, width, height) {
  const from = new Uint32Array(image.data.buffer);
  const to = new Uint32Array(width * height);
  for (const [[sx, sy, sw, sh], [left, top, w, h]] of parts) {
    for (let y = Math.max(0, Math.round(top)); y < Math.min(height, Math.round(top + h)); y++) {
      const row = (sy + Math.min(sh - 1, Math.floor(((y + 0.5 - top) / h) * sh))) * image.width;
      for (let x = Math.max(0, Math.round(left)); x < Math.min(width, Math.round(left + w)); x++) {
        to[y * width + x] = from[row + sx + Math.min(sw - 1, Math.floor(((x + 0.5 - left) / w) * sw))];
      }
    }
  }
  return new ImageData(new Uint8ClampedArray(to.buffer), width, height);
}
