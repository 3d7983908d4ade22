// Makes the zarr arrays beside this file by other programs' code: npm install numcodecs@0.3.2; node make.mjs FOLDER
// Pixel (y, x) of each has the value (31·y + 7·x) mod 101 - 20, or 20 more where the type has no sign; all are 20×30 pixels.
import fs from "node:fs";
import path from "node:path";
import { Blosc, GZip, Zlib, Zstd } from "numcodecs";

const out = process.argv[2], H = 20, W = 30;
const value = (y, x, sign) => (31 * y + 7 * x) % 101 - (sign ? 20 : 0);

const types = {
  "|i1": [Int8Array, "setInt8", 1, true], "|u1": [Uint8Array, "setUint8", 1], "<u2": [Uint16Array, "setUint16", 2], ">u2": [Uint16Array, "setUint16", 2],
  ">i2": [Int16Array, "setInt16", 2, true], "<i4": [Int32Array, "setInt32", 4, true], ">u4": [Uint32Array, "setUint32", 4],
  "<i8": [BigInt64Array, "setBigInt64", 8, true], ">f4": [Float32Array, "setFloat32", 4, true], "<f8": [Float64Array, "setFloat64", 8, true],
};

async function write(name, dtype, chunks, order, codec, file0, header, separator) {
  const [, set, bytes, sign] = types[dtype], folder = path.join(out, name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, file0), JSON.stringify(header, null, 1) + "\n");
  for (let j = 0; j * chunks[0] < H; j++) for (let i = 0; i * chunks[1] < W; i++) {
    const view = new DataView(new ArrayBuffer(chunks[0] * chunks[1] * bytes));
    for (let y = 0; y < chunks[0]; y++) for (let x = 0; x < chunks[1]; x++) {
      const at = (order === "C" ? y * chunks[1] + x : x * chunks[0] + y) * bytes, Y = j * chunks[0] + y, X = i * chunks[1] + x;
      if (Y < H && X < W) view[set](at, bytes === 8 && set.includes("Big") ? BigInt(value(Y, X, sign)) : value(Y, X, sign), dtype[0] !== ">");
    }
    const stored = codec ? await codec.encode(new Uint8Array(view.buffer)) : new Uint8Array(view.buffer);
    const file = path.join(folder, (file0 === "zarr.json" ? "c" + separator : "") + j + separator + i);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, stored);
  }
}

const v2 = (name, dtype, chunks, order, codec, id, separator) => write(name, dtype, chunks, order, codec, ".zarray", { zarr_format: 2, shape: [H, W], chunks, dtype, order,
  fill_value: 0, filters: null, compressor: id, ...(separator === "/" ? { dimension_separator: "/" } : {}) }, separator);

const blosc = (cname, shuffle) => ({ id: "blosc", cname, clevel: 5, shuffle, blocksize: 0 });
for (const [name, dtype, chunks, id] of [["blosc-lz4", "<u2", [16, 16], blosc("lz4", 1)], ["blosc-zstd-bits", "<u2", [16, 16], blosc("zstd", 2)],
  ["blosc-odd-bits", "<i4", [7, 9], blosc("lz4", 2)], ["blosc-zlib", "<f8", [16, 16], blosc("zlib", 1)], ["blosc-lz4hc", ">u4", [20, 30], blosc("lz4hc", 1)],
  ["blosc-blosclz", "<u2", [16, 16], blosc("blosclz", 1)]])
  await v2(name + ".zarr", dtype, chunks, "C", Blosc.fromConfig(id), id, ".");
await v2("gzip.zarr", ">i2", [16, 16], "C", GZip.fromConfig({ level: 5 }), { id: "gzip", level: 5 }, "/");
await v2("zlib.zarr", "<i8", [8, 30], "C", Zlib.fromConfig({ level: 5 }), { id: "zlib", level: 5 }, ".");
await v2("zstd.zarr", ">f4", [20, 11], "C", Zstd.fromConfig({ level: 1 }), { id: "zstd", level: 1 }, "/");
await v2("columns.zarr", "|i1", [6, 7], "F", null, null, ".");
await v2("plain.zarr", "|u1", [6, 7], "C", null, null, ".");

const v3 = (name, dtype, data_type, chunks, order, codec, codecs) => write(name, dtype, chunks, order, codec, "zarr.json", { zarr_format: 3, node_type: "array", shape: [H, W],
  data_type, chunk_grid: { name: "regular", configuration: { chunk_shape: chunks } }, chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
  fill_value: 0, codecs, attributes: {} }, "/");
const bytes = (endian) => ({ name: "bytes", configuration: { endian } });

await v3("v3-gzip.zarr", "<u2", "uint16", [16, 16], "C", GZip.fromConfig({ level: 5 }), [bytes("little"), { name: "gzip", configuration: { level: 5 } }]);
await v3("v3-big-transposed.zarr", ">f4", "float32", [8, 9], "F", Zstd.fromConfig({ level: 1 }), [{ name: "transpose", configuration: { order: [1, 0] } }, bytes("big"),
  { name: "zstd", configuration: { level: 1, checksum: false } }]);
