// The viewer's WebGL 2 programs: meshes, their shadow on the ground, the ground's grid, the photo.
const scene = JSON.parse(document.getElementById("scene").textContent);
const canvas = document.getElementById("view");
// the drawing is kept, or printing the page would lose it
const gl = canvas.getContext("webgl2", { antialias: true, alpha: true, preserveDrawingBuffer: true });
const giveUp = () => {
  document.getElementById("nogl").hidden = false;
  for (const id of ["bar", "keys"]) document.getElementById(id).hidden = true;
  canvas.hidden = true;
};
if (!gl) { giveUp(); return; }
canvas.addEventListener("webglcontextlost", giveUp);


const HEAD = "#version 300 es\nprecision highp float;\n";
function program(vertex, fragment) {
  const made = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, HEAD + text);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(made, shader);
  }
  ["a_position", "a_normal", "a_color", "a_contact", "a_uv"].forEach((n, i) => gl.bindAttribLocation(made, i, n));
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(made));
  const at = {};
  for (let i = 0; i < gl.getProgramParameter(made, gl.ACTIVE_UNIFORMS); i++) {
    const name = gl.getActiveUniform(made, i).name;
    at[name] = gl.getUniformLocation(made, name);
  }
  return { made, at };
}
const MESH = program(`
  in vec3 a_position, a_normal, a_color; in float a_contact; in vec2 a_uv;
  uniform vec3 u_low, u_span; uniform mat4 u_view, u_projection;
  out vec3 v_normal, v_eye, v_color, v_up; out float v_contact; out vec2 v_uv;
  void main() {
    vec3 p = (u_low + a_position * u_span) * vec3(1, -1, -1);
    vec4 eye = u_view * vec4(p, 1);
    v_normal = mat3(u_view) * (a_normal * vec3(1, -1, -1));
    v_up = mat3(u_view) * vec3(0, 1, 0);
    v_eye = eye.xyz; v_color = a_color; v_contact = a_contact; v_uv = a_uv;
    gl_Position = u_projection * eye;
  }`, `
  in vec3 v_normal, v_eye, v_color, v_up; in float v_contact; in vec2 v_uv;
  uniform float u_contacts, u_flat, u_opacity, u_textured, u_photo; uniform sampler2D u_texture; out vec4 color;
  void main() {
    vec3 view = normalize(-v_eye), n = normalize(v_normal);
    if (dot(n, view) < 0.0) n = -n;
    float facing = dot(n, view);
    float light = 0.40 + 0.22 * (0.5 + 0.5 * dot(n, v_up)) + 0.26 * facing
      + 0.28 * max(0.0, dot(n, normalize(vec3(-0.45, 0.75, 0.5))));
    light = mix(light, 0.55 + 0.45 * light + 0.10 * facing, u_photo); // the photo's own light is in its colours
    vec3 own = u_textured > 0.5 ? texture(u_texture, v_uv).rgb : v_color;
    vec3 met = mix(vec3(0.99, 0.76, 0.20), vec3(0.90, 0.16, 0.24), smoothstep(0.5, 0.85, v_contact)); // near, touching
    vec3 base = mix(own, met, u_contacts * smoothstep(0.12, 0.40, v_contact));
    vec3 lit = base * light + 0.10 * (1.0 - u_photo) * pow(1.0 - facing, 3.0);
    color = vec4(mix(lit, base * 0.8, u_flat), 1) * u_opacity;
  }`);
const SHADOW = program(`
  in vec3 a_position; uniform vec3 u_low, u_span, u_center; uniform float u_half; out float v_height;
  void main() {
    vec3 p = (u_low + a_position * u_span) * vec3(1, -1, -1) - u_center;
    v_height = p.y;
    gl_Position = vec4(p.x / u_half, p.z / u_half, clamp(p.y / 2.0, 0.0, 1.9) - 0.95, 1);
  }`, `
  in float v_height; out vec4 color;
  void main() { color = vec4(exp(-max(v_height, 0.0) / 0.2)); }`);
const GROUND = program(`
  in vec3 a_position; uniform vec3 u_center; uniform float u_size; uniform mat4 u_view, u_projection;
  out vec2 v_at;
  void main() {
    v_at = a_position.xy * u_size;
    gl_Position = u_projection * u_view * vec4(u_center.x + v_at.x, u_center.y, u_center.z + v_at.y, 1);
  }`, `
  in vec2 v_at; uniform sampler2D u_shadow; uniform float u_half, u_reach, u_strength; uniform vec3 u_ink;
  out vec4 color;
  void main() {
    vec2 cell = v_at / 0.5, wide = fwidth(cell), near = abs(fract(cell - 0.5) - 0.5);
    vec2 line = clamp(1.1 - near / max(wide, 1e-5), 0.0, 1.0) * clamp(0.35 / wide, 0.0, 1.0);
    float fade = 1.0 - smoothstep(0.25, 1.0, length(v_at) / u_reach);
    float shade = 0.0;
    vec2 at = v_at / u_half * 0.5 + 0.5;
    for (int y = -2; y <= 2; y++) for (int x = -2; x <= 2; x++)
      shade += textureLod(u_shadow, at + vec2(x, y) * (3.0 / 256.0), 1.5).r
        * exp(-0.35 * float(x * x + y * y));
    shade *= 1.0 / 8.43;
    if (any(greaterThan(abs(at - 0.5), vec2(0.5)))) shade = 0.0;
    float grid = 0.22 * max(line.x, line.y) * fade * u_strength, dark = 0.5 * shade * u_strength;
    color = vec4(u_ink * grid * (1.0 - dark), grid + dark - grid * dark);
  }`);
const PHOTO = program(`
  in vec3 a_position; uniform vec3 u_corner, u_width, u_height; uniform mat4 u_view, u_projection;
  out vec2 v_uv;
  void main() {
    v_uv = a_position.xy * 0.5 + 0.5;
    gl_Position = u_projection * u_view * vec4(u_corner + v_uv.x * u_width + v_uv.y * u_height, 1);
  }`, `
  in vec2 v_uv; uniform sampler2D u_photo; uniform float u_opacity; out vec4 color;
  void main() { color = vec4(texture(u_photo, v_uv).rgb, 1) * u_opacity; }`);
