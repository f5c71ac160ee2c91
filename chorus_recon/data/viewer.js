// A small WebGL 2 viewer for the page's own meshes; runs after viewer_programs.js, in the same scope. World frame: y up, the photo's camera at the
// origin, tilted by scene.tilt and otherwise looking along -z (the meshes arrive with y straight down and z forward and are flipped as they are decoded).
// A page without a photo has a front view instead.
// ---- meshes ----
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
function attribute(slot, data, count, type, size) {
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
  gl.enableVertexAttribArray(slot);
  gl.vertexAttribPointer(slot, count, type, true, count * size, 0);
  return buffer;
}
function upload(mesh) {
  const vao = gl.createVertexArray();
  gl.bindVertexArray(vao);
  const positions = bytes(mesh.positions), count = positions.length / 6;
  attribute(0, positions, 3, gl.UNSIGNED_SHORT, 2);
  attribute(1, bytes(mesh.normals), 3, gl.BYTE, 1);
  let plain = bytes(mesh.colors);
  if (plain.length === 3) plain = Uint8Array.from({ length: 3 * count }, (_, n) => plain[n % 3]); // one for all
  const seen = mesh.photo_colors && bytes(mesh.photo_colors);
  const color = attribute(2, seen || plain, 3, gl.UNSIGNED_BYTE, 1);
  const contact = attribute(3, bytes(mesh.contacts), 1, gl.UNSIGNED_BYTE, 1);
  if (mesh.uv) attribute(4, bytes(mesh.uv), 2, gl.UNSIGNED_SHORT, 2);
  const ids = Uint32Array.from(new (count > 65535 ? Uint32Array : Uint16Array)(bytes(mesh.faces).buffer));
  const fill = gl.createBuffer();
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, fill);
  gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, ids, gl.STATIC_DRAW);
  gl.bindVertexArray(null);
  return { low: mesh.low, span: mesh.span, vao, fill, contact, ids, count: ids.length, lines: null, color, plain, seen, texture: mesh.texture };
}
function edges(mesh) {
  if (mesh.lines) return;
  const seen = new Set(), out = [], { ids } = mesh;
  for (let i = 0; i < ids.length; i += 3) for (let k = 0; k < 3; k++) {
    const a = ids[i + k], b = ids[i + (k + 1) % 3], key = a < b ? a * 4194304 + b : b * 4194304 + a;
    if (!seen.has(key)) { seen.add(key); out.push(a, b); }
  }
  mesh.lines = gl.createBuffer();
  mesh.lineCount = out.length;
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, mesh.lines);
  gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, new Uint32Array(out), gl.STATIC_DRAW);
}
const human = upload(scene.human);
const others = (scene.others || []).map(upload); // further people and things
const objects = scene.objects.map((mesh) => mesh && upload(mesh));
const shells = scene.objects.map((mesh) => mesh?.shell && upload(mesh.shell)); // translucent, around the object
const quad = gl.createVertexArray();
gl.bindVertexArray(quad);
attribute(0, new Int8Array([-127, -127, 0, 127, -127, 0, -127, 127, 0, 127, 127, 0]), 3, gl.BYTE, 1);
gl.bindVertexArray(null);

const SIDE = 256, shadowMap = gl.createTexture(), shadowTarget = gl.createFramebuffer();
gl.bindTexture(gl.TEXTURE_2D, shadowMap);
gl.texStorage2D(gl.TEXTURE_2D, 4, gl.RGBA8, SIDE, SIDE);
gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
gl.bindFramebuffer(gl.FRAMEBUFFER, shadowTarget);
gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, shadowMap, 0);
const shadowDepth = gl.createRenderbuffer();
gl.bindRenderbuffer(gl.RENDERBUFFER, shadowDepth);
gl.renderbufferStorage(gl.RENDERBUFFER, gl.DEPTH_COMPONENT16, SIDE, SIDE);
gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.RENDERBUFFER, shadowDepth);
gl.bindFramebuffer(gl.FRAMEBUFFER, null);

let photo = null;
const textures = []; // of the meshes, as they arrive
function load(url, arrived) {
  const picture = new Image();
  picture.onload = () => {
    const made = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, made);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    arrived(made);
    draw();
  };
  picture.src = url;
}
if (scene.photo) load(scene.photo, (made) => { photo = made; });
(scene.textures || []).forEach((url, n) => load(url, (made) => { textures[n] = made; if (drawn) drawSmall(); }));

// ---- where things are ----
const painted = [human, ...others, ...objects].some((mesh) => mesh && (mesh.seen || mesh.texture !== undefined));
const show = { photo: true, human: true, object: true, shell: true, contacts: false, wire: false, look: painted };
let chosen = 0;
function rotation({ yaw, pitch, roll }) { // rows: a viewer's right, up and backward
  const c = Math.cos(yaw), s = Math.sin(yaw), d = Math.cos(pitch), e = Math.sin(pitch), f = Math.cos(roll), g = Math.sin(roll);
  const right = [c, 0, s], up = [e * s, d, -e * c];
  return [right.map((v, k) => f * v - g * up[k]), right.map((v, k) => g * v + f * up[k]), [-d * s, e, d * c]];
}
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const tilt = { yaw: 0, pitch: scene.tilt ? scene.tilt.pitch : 0, roll: scene.tilt ? -scene.tilt.roll : 0 };
const taken = rotation(tilt); // how the photo was taken
const fromPhoto = (v) => [0, 1, 2].map((k) => taken[0][k] * v[0] + taken[1][k] * v[1] + taken[2][k] * v[2]);
const box = (mesh) => [0, 1, 2].map((k) => [mesh.low[k], mesh.low[k] + mesh.span[k]]);
function bounds() {
  const all = [human, ...others, objects[chosen], shells[chosen]].filter(Boolean).map(box);
  const low = [0, 1, 2].map((k) => Math.min(...all.map((b) => b[k][0])));
  const high = [0, 1, 2].map((k) => Math.max(...all.map((b) => b[k][1])));
  const center = [(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2, -(low[2] + high[2]) / 2];
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n & 1 ? low[0] : high[0], -(n & 2 ? low[1] : high[1]), -(n & 4 ? low[2] : high[2])]);
  const far = Math.max(...corners.map((p) => -dot(taken[2], p))); // before the photo's camera
  return { center, radius: Math.hypot(...high.map((h, k) => h - low[k])) / 2, floor: scene.floor ?? -high[1], far };
}
let world = bounds();
const pivot = world.center.slice(); // stays put when another alternative is chosen
const [fx, fy] = scene.camera.focal_px, [cx, cy] = scene.camera.center_px, [pw, ph] = scene.camera.size_px;
const half = [pw / 2 / fx, ph / 2 / fy], shift = [(pw / 2 - cx) / fx, -(ph / 2 - cy) / fy];

// eye = pan + rotation(yaw, pitch, roll) (p - pivot), the viewer `distance` away
const views = {
  photo: () => ({ ...tilt, x: dot(taken[0], pivot), y: dot(taken[1], pivot), distance: -dot(taken[2], pivot), shifted: 1 }),
  side: () => ({ yaw: -Math.atan2(scene.side[0], -scene.side[2]), pitch: 0.08, ...fit() }),
  top: () => ({ yaw: 0, pitch: Math.PI / 2, ...fit() }),
  front: () => ({ yaw: 0, pitch: 0.08, ...fit() }),
  back: () => ({ yaw: Math.PI, pitch: 0.08, ...fit() }),
};
const home = scene.photo ? "photo" : "front";
function tangents() {
  const aspect = canvas.width / canvas.height, y = Math.max(half[1], half[0] / aspect);
  return [y * aspect, y];
}
function fit() {
  const [x, y] = tangents();
  return { x: 0, y: 0, roll: 0, distance: 1.04 * world.radius / Math.sin(Math.atan(Math.min(x, y))), shifted: 0 };
}
let pose = views[home](), current = home, moving = 0, turning = false;

// ---- drawing ----
const multiply = (a, b) => { // column-major
  const out = new Float32Array(16);
  for (let c = 0; c < 4; c++) for (let r = 0; r < 4; r++)
    for (let k = 0; k < 4; k++) out[c * 4 + r] += a[k * 4 + r] * b[c * 4 + k];
  return out;
};
function viewMatrix() {
  const [right, up, back] = rotation(pose);
  const turn = [...[0, 1, 2].flatMap((k) => [right[k], up[k], back[k], 0]), pose.x, pose.y, -pose.distance, 1];
  return multiply(turn, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, -pivot[0], -pivot[1], -pivot[2], 1]);
}
function projection(near, far) {
  const [x, y] = tangents(), ox = shift[0] * pose.shifted, oy = shift[1] * pose.shifted;
  return new Float32Array([1 / x, 0, 0, 0, 0, 1 / y, 0, 0, ox / x, oy / y,
    -(far + near) / (far - near), -1, 0, 0, -2 * far * near / (far - near), 0]);
}
function shown() {
  return [...(show.human ? [human, ...others] : []), show.object && objects[chosen]].filter(Boolean);
}
function drawMesh(mesh) {
  gl.uniform3fv(MESH.at.u_low, mesh.low);
  gl.uniform3fv(MESH.at.u_span, mesh.span);
  gl.bindVertexArray(mesh.vao);
  const texture = show.look && textures[mesh.texture];
  gl.uniform1f(MESH.at.u_textured, texture ? 1 : 0);
  gl.uniform1f(MESH.at.u_photo, texture || (show.look && mesh.seen) ? 1 : 0);
  if (texture) gl.bindTexture(gl.TEXTURE_2D, texture);
  if (show.wire) edges(mesh);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, show.wire ? mesh.lines : mesh.fill);
  gl.drawElements(show.wire ? gl.LINES : gl.TRIANGLES, show.wire ? mesh.lineCount : mesh.count, gl.UNSIGNED_INT, 0);
}
function backdropStrength() {
  const facing = dot(rotation(pose)[2], taken[2]);
  return photo && show.photo ? Math.min(1, Math.max(0, (facing - 0.8) / 0.17)) : 0;
}
function castShadow(center, size) {
  gl.bindFramebuffer(gl.FRAMEBUFFER, shadowTarget);
  gl.viewport(0, 0, SIDE, SIDE);
  gl.clearColor(0, 0, 0, 0);
  gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  gl.useProgram(SHADOW.made);
  gl.uniform3fv(SHADOW.at.u_center, center);
  gl.uniform1f(SHADOW.at.u_half, size);
  for (const mesh of shown()) {
    gl.uniform3fv(SHADOW.at.u_low, mesh.low);
    gl.uniform3fv(SHADOW.at.u_span, mesh.span);
    gl.bindVertexArray(mesh.vao);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, mesh.fill);
    gl.drawElements(gl.TRIANGLES, mesh.count, gl.UNSIGNED_INT, 0);
  }
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  gl.bindTexture(gl.TEXTURE_2D, shadowMap);
  gl.generateMipmap(gl.TEXTURE_2D);
}
const inkColor = () => (getComputedStyle(canvas).color.match(/[\d.]+/g) || [0, 0, 0]).slice(0, 3).map((v) => v / 255);
function paint() {
  if (moving) cancelAnimationFrame(moving);
  moving = 0;
  if (gl.isContextLost()) return;
  const floor = [world.center[0], world.floor, world.center[2]], size = world.radius + 0.3;
  gl.enable(gl.DEPTH_TEST);
  gl.disable(gl.BLEND);
  castShadow(floor, size);
  gl.viewport(0, 0, canvas.width, canvas.height);
  gl.clearColor(0, 0, 0, 0);
  gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  const depth = world.far + 0.25; // the photo hangs just behind everything
  const view = viewMatrix(), lens = projection(Math.max(0.02, pose.distance / 50), pose.distance + 2 * depth + 8 * size);
  const common = (p) => {
    gl.useProgram(p.made);
    gl.uniformMatrix4fv(p.at.u_view, false, view);
    gl.uniformMatrix4fv(p.at.u_projection, false, lens);
  };
  const backdrop = backdropStrength();
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.depthMask(false);
  gl.bindVertexArray(quad);
  if (backdrop > 0) {
    common(PHOTO);
    gl.bindTexture(gl.TEXTURE_2D, photo);
    gl.uniform3fv(PHOTO.at.u_corner, fromPhoto([-cx / fx * depth, cy / fy * depth, -depth]));
    gl.uniform3fv(PHOTO.at.u_width, fromPhoto([pw / fx * depth, 0, 0]));
    gl.uniform3fv(PHOTO.at.u_height, fromPhoto([0, -ph / fy * depth, 0]));
    gl.uniform1f(PHOTO.at.u_opacity, backdrop);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
  if (backdrop < 1 && pose.pitch > -0.02) {
    common(GROUND);
    gl.bindTexture(gl.TEXTURE_2D, shadowMap);
    gl.uniform3fv(GROUND.at.u_center, floor);
    gl.uniform1f(GROUND.at.u_size, 4 * size);
    gl.uniform1f(GROUND.at.u_half, size);
    gl.uniform1f(GROUND.at.u_reach, 2.2 * size);
    gl.uniform1f(GROUND.at.u_strength, 1 - backdrop);
    gl.uniform3fv(GROUND.at.u_ink, inkColor());
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
  gl.depthMask(true);
  gl.disable(gl.BLEND);
  common(MESH);
  gl.uniform1f(MESH.at.u_contacts, show.contacts ? 1 : 0);
  gl.uniform1f(MESH.at.u_flat, show.wire ? 1 : 0);
  gl.uniform1f(MESH.at.u_opacity, 1);
  shown().forEach(drawMesh);
  if (show.shell && shells[chosen]) { // its far side first, so that it never hides its near side
    gl.uniform1f(MESH.at.u_opacity, show.wire ? 0.5 : 0.3);
    gl.enable(gl.BLEND);
    gl.enable(gl.CULL_FACE);
    gl.depthMask(false);
    for (const side of [gl.FRONT, gl.BACK]) { gl.cullFace(side); drawMesh(shells[chosen]); }
    gl.depthMask(true);
    gl.disable(gl.CULL_FACE);
  }
  gl.bindVertexArray(null);
}
function draw() { if (!moving) moving = requestAnimationFrame(paint); }

// ---- moving about ----
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let flight = 0;
function press(group, name) {
  for (const b of document.querySelectorAll(`[data-${group}]`)) b.setAttribute("aria-pressed", String(b.dataset[group] === name));
}
function flyTo(name) {
  stop();
  current = name;
  press("view", name);
  const from = { ...pose }, to = views[name](), begun = performance.now();
  from.yaw = to.yaw + Math.atan2(Math.sin(from.yaw - to.yaw), Math.cos(from.yaw - to.yaw)); // the short way
  if (calm.matches) { pose = to; draw(); return; }
  const step = (now) => {
    const t = Math.min(1, Math.max(0, (now - begun) / 550)), s = t * t * (3 - 2 * t);
    for (const k in to) pose[k] = from[k] + (to[k] - from[k]) * s;
    flight = t < 1 ? requestAnimationFrame(step) : 0;
    draw();
  };
  flight = requestAnimationFrame(step);
}
function stop() {
  document.getElementById("hint")?.remove();
  if (flight) cancelAnimationFrame(flight);
  flight = 0;
  turning = false;
}
function loosen() {
  stop();
  current = "";
  press("view", "");
}
function turntable() {
  if (turning) { loosen(); return; }
  loosen();
  turning = true;
  press("view", "turn");
  Object.assign(pose, fit(), { pitch: 0.22 });
  let last = performance.now();
  const step = (now) => {
    if (!turning) return;
    pose.yaw += (now - last) / 1000 * 0.6;
    last = now;
    draw();
    flight = requestAnimationFrame(step);
  };
  flight = requestAnimationFrame(step);
}
const clampPitch = (v) => Math.min(Math.PI / 2, Math.max(-Math.PI / 2, v));
function turn(dx, dy) { loosen(); pose.yaw += dx; pose.pitch = clampPitch(pose.pitch + dy); pose.roll *= 0.9; draw(); } // off the photo's roll
function zoom(factor) { loosen(); pose.distance = Math.min(60, Math.max(0.3, pose.distance * factor)); draw(); }
function pan(dx, dy) {
  loosen();
  const metres = 2 * tangents()[1] * pose.distance / canvas.clientHeight;
  pose.x += dx * metres; pose.y -= dy * metres;
  draw();
}
const fingers = new Map();
const spread = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.x - b.x, a.y - b.y); };
canvas.addEventListener("pointerdown", (e) => {
  canvas.setPointerCapture(e.pointerId);
  fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
});
canvas.addEventListener("pointermove", (e) => {
  const was = fingers.get(e.pointerId);
  if (!was) return;
  const dx = e.clientX - was.x, dy = e.clientY - was.y;
  if (fingers.size === 2) {
    const before = spread();
    fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
    pan(dx / 2, dy / 2);
    zoom(before / Math.max(1, spread()));
    return;
  }
  fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
  if (e.shiftKey || e.buttons & 6) pan(dx, dy); else turn(dx * 0.008, dy * 0.008);
});
for (const kind of ["pointerup", "pointercancel", "lostpointercapture"])
  canvas.addEventListener(kind, (e) => fingers.delete(e.pointerId));
canvas.addEventListener("contextmenu", (e) => e.preventDefault());
canvas.addEventListener("wheel", (e) => { e.preventDefault(); zoom(Math.exp(e.deltaY * (e.deltaMode ? 0.05 : 0.0012))); }, { passive: false });
canvas.addEventListener("dblclick", () => flyTo(home));
canvas.addEventListener("keydown", (e) => {
  const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
  if (arrow && e.shiftKey) pan(arrow[0] * 24, arrow[1] * 24);
  else if (arrow) turn(arrow[0] * 0.12, arrow[1] * 0.12);
  else if (e.key === "+" || e.key === "=") zoom(0.88);
  else if (e.key === "-") zoom(1.14);
  else if (e.key === "0") flyTo(home);
  else return;
  e.preventDefault();
});

// ---- buttons ----
for (const b of document.querySelectorAll("[data-view]"))
  b.addEventListener("click", () => (b.dataset.view === "turn" ? turntable() : flyTo(b.dataset.view)));
for (const b of document.querySelectorAll("[data-show]")) {
  const name = b.dataset.show;
  if (name === "look" && !painted) { b.hidden = true; continue; }
  if (!objects.length && (name === "object" || name === "contacts")) { b.hidden = true; continue; }
  b.addEventListener("click", () => {
    show[name] = !show[name];
    if (name === "contacts") document.getElementById("legend")?.toggleAttribute("hidden", !show.contacts);
    if (name === "look") for (const mesh of [human, ...others, ...objects]) if (mesh?.seen) {
      gl.bindVertexArray(null);
      gl.bindBuffer(gl.ARRAY_BUFFER, mesh.color);
      gl.bufferData(gl.ARRAY_BUFFER, show.look ? mesh.seen : mesh.plain, gl.STATIC_DRAW);
    }
    b.setAttribute("aria-pressed", String(show[name]));
    if (name === "look") drawSmall();
    draw();
  });
}
function choose(number) {
  chosen = number;
  world = bounds();
  const touched = scene.objects[number]?.human_contacts;
  if (touched) {
    gl.bindVertexArray(null);
    gl.bindBuffer(gl.ARRAY_BUFFER, human.contact);
    gl.bufferData(gl.ARRAY_BUFFER, bytes(touched), gl.STATIC_DRAW);
  }
  draw();
}
for (const radio of document.querySelectorAll("[name=placement]"))
  radio.addEventListener("change", () => radio.checked && choose(Number(radio.value)));
if (objects.length) choose(0);
let drawn = false;
function drawSmall() { // each placement from the side, beside its name, all with one magnification
  drawn = true;
  const radios = [...document.querySelectorAll("[name=placement]")].filter((radio) => radio.parentNode.querySelector("canvas.small"));
  const kept = [chosen, world, pose, show.photo], radius = Math.max(...radios.map((radio) => { chosen = Number(radio.value); return bounds().radius; }));
  show.photo = false;
  for (const radio of radios) {
    chosen = Number(radio.value);
    world = { ...bounds(), radius };
    pose = views.side();
    paint();
    const small = radio.parentNode.querySelector("canvas.small"), side = Math.min(canvas.width, canvas.height);
    const from = [(canvas.width - side) / 2, (canvas.height - side) / 2, side, side];
    small.getContext("2d").drawImage(canvas, ...from, 0, 0, small.width, small.height);
  }
  [chosen, world, pose, show.photo] = kept;
}

// ---- size and theme ----
new ResizeObserver(() => {
  const scale = Math.min(2, devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
  canvas.height = Math.max(1, Math.round(canvas.clientHeight * scale));
  if (current && current !== "photo" && !flight) pose = views[current]();
  if (!drawn && canvas.width > 1) drawSmall();
  paint(); // at once: a resized canvas is blank until it is painted, and this frame is about to be shown
}).observe(canvas);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

// a view named in the address (report.html#side) opens at once
const wanted = location.hash.slice(1);
if (views[wanted]) requestAnimationFrame(() => { pose = views[wanted](); current = wanted; press("view", wanted); draw(); });
