"""What people do with each category: predicates in third person, the thing's place marked {it}.

Every row shows contact and one person, so that few pictures are lost when they are screened. The first
rows are what is done most; a short list of them still covers the main ways of use.
"""

NOUNS: dict[str, str] = {"sports_ball": "ball", "cell_phone": "phone"}  # where speech has a plainer word

ANY: tuple[str, ...] = (  # a thing that no table knows
    "holds {it}", "uses {it}", "carries {it}", "picks up {it}", "touches {it}", "lifts {it}",
    "leans on {it}", "pushes {it}", "pulls {it}", "holds {it} with both hands",
)  # fmt: skip

PREDICATES: dict[str, tuple[str, ...]] = {
    "motorcycle": (
        "rides {it}", "sits on {it}", "pushes {it}", "leans on {it}", "gets on {it}", "stands astride {it}",
        "rides {it} standing up on its pegs", "poses on {it}", "races on {it}", "holds {it} by its handlebar",
        "kneels and repairs {it}", "walks {it} along a road",
    ),
    "bicycle": (
        "rides {it}", "pushes {it}", "sits on {it}", "gets on {it}", "stands astride {it}", "leans on {it}",
        "carries {it} on one shoulder", "rides {it} standing on its pedals", "walks {it} along a street",
        "lifts {it}", "races on {it}", "holds {it} by its handlebar",
    ),
    "horse": (
        "rides {it}", "sits on {it}", "leads {it} by its halter", "pats {it}", "brushes {it}", "gets on {it}",
        "jumps over a fence on {it}", "strokes {it}", "hugs {it}", "races on {it}",
    ),
    "bench": (
        "sits on {it}", "lies on {it}", "leans back on {it}", "sleeps on {it}",
        "sits on {it} and reads a newspaper", "sits astride {it}", "sits on {it} and eats lunch",
        "stands on {it}", "rests one foot on {it}", "sits cross-legged on {it}", "sits on {it} and waits",
        "sits on {it} with arms spread",
    ),
    "chair": (
        "sits on {it}", "leans back in {it}", "sits on {it} with crossed legs", "carries {it}",
        "stands on {it}", "sits backward on {it}", "lifts {it}", "rests one foot on {it}", "pulls {it}",
        "kneels on {it}", "sits on {it} and eats at a table", "leans on the back of {it}",
    ),
    "couch": (
        "sits on {it}", "lies on {it}", "leans back on {it}", "sleeps on {it}", "sits cross-legged on {it}",
        "sits on {it} and reads a magazine", "lounges on {it}", "curls up on {it}", "sits on the arm of {it}",
        "stretches out on {it}",
    ),
    "bed": (
        "lies on {it}", "sleeps in {it}", "sits on {it}", "sits on the edge of {it}", "makes {it}",
        "jumps on {it}", "lies face down on {it}", "sits in {it} and reads a magazine", "sits up in {it}",
        "kneels on {it}",
    ),
    "backpack": (
        "wears {it}", "carries {it} on both shoulders", "carries {it} on one shoulder", "puts on {it}",
        "holds {it} in one hand", "packs {it}", "lifts {it}", "hugs {it}",
        "walks with {it} on both shoulders", "sits with {it} on the lap", "opens {it}",
        "runs with {it} on both shoulders", "hikes uphill and carries {it}", "wears {it} on the chest",
        "swings {it} over one shoulder",
    ),
    "handbag": (
        "carries {it}", "carries {it} on one shoulder", "holds {it} in one hand",
        "carries {it} on the forearm", "opens {it}", "holds {it} with both hands",
        "clutches {it} under one arm", "walks and holds {it}", "wears {it} across the body",
    ),
    "suitcase": (
        "pulls {it}", "carries {it}", "pushes {it}", "packs {it}", "lifts {it}", "sits on {it}",
        "holds {it} by its handle", "opens {it}", "leans on {it}", "drags {it} up the stairs",
    ),
    "tie": (
        "wears {it}", "adjusts {it}", "ties {it}", "straightens {it}", "loosens {it}", "holds {it}",
        "tightens {it}", "wears {it} and walks", "wears {it} and folds both arms", "touches {it}",
    ),
    "hat": (
        "wears {it}", "touches the brim of {it}", "puts on {it}", "takes off {it}", "holds {it} in one hand",
        "adjusts {it}", "holds {it} on the head in the wind", "wears {it} and walks",
    ),
    "umbrella": (
        "holds {it}", "walks under {it}", "opens {it}", "carries {it} over one shoulder",
        "holds {it} overhead with both hands", "stands under {it}", "leans on {it}", "closes {it}",
        "carries {it} in the rain", "sits and holds {it}",
    ),
    "frisbee": (
        "throws {it}", "catches {it}", "holds {it}", "jumps and catches {it}", "spins {it} on one finger",
        "carries {it} under one arm", "runs and catches {it}", "reaches out and grabs {it}",
        "throws {it} with a forehand",
    ),
    "sports_ball": (
        "kicks {it}", "throws {it}", "holds {it}", "catches {it}", "dribbles {it}", "heads {it}", "hits {it}",
        "carries {it} under one arm", "bounces {it}", "sits on {it}", "balances {it} on one knee",
        "holds {it} overhead with both hands",
    ),
    "kite": (
        "flies {it}", "holds {it}", "launches {it}", "runs and pulls {it}", "carries {it}",
        "holds {it} overhead with both hands", "repairs {it}",
    ),
    "skis": (
        "rides downhill on {it}", "stands on {it}", "carries {it} on one shoulder", "slides on {it}",
        "jumps on {it}", "races on {it}", "turns sharply on {it}", "holds {it} upright", "puts on {it}",
        "crouches on {it}", "walks uphill on {it}", "glides over snow on {it}",
    ),
    "snowboard": (
        "rides {it}", "jumps on {it}", "carries {it} under one arm", "stands on {it}", "slides on {it}",
        "sits in the snow and straps on {it}", "crouches on {it}", "grabs {it} in the air",
        "holds {it} upright", "turns sharply on {it}",
    ),
    "skateboard": (
        "rides {it}", "stands on {it}", "jumps on {it}", "pushes off on {it}", "carries {it} under one arm",
        "holds {it}", "balances on {it}", "sits on {it}", "crouches on {it}", "steps on the tail of {it}",
        "slides along a rail on {it}", "grabs {it} in the air",
    ),
    "surfboard": (
        "rides a wave on {it}", "carries {it} under one arm", "stands on {it}", "paddles on {it}",
        "balances on {it}", "lies on {it}", "sits on {it}", "carries {it} on the head", "holds {it} upright",
        "crouches on {it}", "runs with {it} under one arm", "waxes {it}", "jumps on {it}",
    ),
    "tennis_racket": (
        "swings {it}", "holds {it}", "serves with {it}", "hits a forehand with {it}",
        "hits a backhand with {it}", "carries {it} on one shoulder", "waits with {it} in both hands",
        "smashes a shot with {it}", "grips {it} with both hands", "spins {it} in one hand",
        "raises {it} overhead",
    ),
    "baseball_bat": (
        "swings {it}", "holds {it}", "grips {it} with both hands", "rests {it} on one shoulder",
        "hits with {it}", "carries {it}", "raises {it} overhead", "leans on {it}", "waits with {it} raised",
        "points with {it}",
    ),
    "baseball_glove": (
        "wears {it}", "catches with {it}", "holds up {it}", "stretches out {it}", "puts on {it}",
        "raises {it} overhead", "crouches and opens {it}", "holds {it} at the chest",
        "punches {it} with a fist",
    ),
    "cell_phone": (
        "talks on {it}", "holds {it}", "types on {it}", "reads on {it}", "holds {it} and takes a selfie",
        "holds {it} with both hands", "texts on {it}", "holds {it} at one ear", "uses {it}",
        "walks and types on {it}", "holds {it} and takes a picture", "lies down and holds {it}",
        "listens and holds {it}", "sits and taps {it}",
    ),
    "laptop": (
        "types on {it}", "works on {it}", "holds {it}", "uses {it} at a table", "carries {it} under one arm",
        "sits with {it} on the lap", "opens {it}", "lies down and types on {it}",
        "stands and holds {it} on one forearm", "closes {it}",
    ),
    "book": (
        "reads {it}", "holds {it}", "opens {it}", "carries {it} under one arm", "lies down and reads {it}",
        "reads {it} at a table", "holds {it} and turns a page", "stands and reads {it}",
        "carries {it} at the chest", "writes in {it}",
    ),
    "bottle": (
        "drinks from {it}", "holds {it}", "opens {it}", "pours from {it}", "carries {it}", "shakes {it}",
        "raises {it}", "holds {it} with both hands", "picks up {it}",
    ),
    "cup": (
        "drinks from {it}", "holds {it}", "holds {it} with both hands", "lifts {it}", "sips from {it}",
        "carries {it}", "sits and holds {it}", "picks up {it}", "holds {it} and stirs it with a spoon",
    ),
    "wine_glass": (
        "holds {it}", "drinks from {it}", "raises {it}", "swirls {it}", "sits and holds {it}", "carries {it}",
        "lifts {it}", "sips from {it}",
    ),
    "guitar": (
        "plays {it}", "holds {it}", "strums {it}", "tunes {it}", "sits and plays {it}",
        "stands and plays {it}", "carries {it} on the back", "plays {it} on a stage",
        "holds {it} by its neck",
    ),
}  # fmt: skip
