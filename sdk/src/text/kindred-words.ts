import { stem } from "./words.ts";

/**
 * Everyday English words that stand for each other in talk about a life: synonyms, a thing and its kinds, an act and what it is done
 * with. Hand-written general vocabulary, one group a line; a word may stand in several. Deliberately narrow: a group is read as
 * "may well mean", so words that merely belong to one field of life stay apart.
 */
const GROUPS = `
job work career profession occupation employment employer position role
boss manager supervisor
colleague coworker teammate
hire employ recruit interview apply
fire layoff unemployed jobless
quit resign leave retire
promotion raise advance
company business firm startup store shop
salary pay wage income earn money
school university college class course degree study major graduate education student
teacher professor instructor tutor coach mentor
exam test grade
kid child son daughter baby toddler boy girl
mother mom mum mommy parent
father dad daddy parent
parent mother father mom dad
brother sister sibling twin
husband wife spouse partner fiance fiancee marry married wedding marriage engaged
boyfriend girlfriend partner date dating relationship
grandmother grandma granny grandparent grandfather grandpa
aunt uncle cousin niece nephew relative
family relative household parent sibling
friend buddy pal bestie
relationship married single divorce breakup date partner
ex divorce separate breakup
birth born birthday baby pregnant newborn
die death pass loss lose grief funeral late
pet dog cat puppy kitten animal hamster rabbit parrot turtle fish bird
dog puppy pup hound
cat kitten kitty
animal wildlife creature
home house apartment flat condo place live
live reside stay settle home
move relocate moving relocation
country nation abroad homeland origin immigrate
town city village hometown neighborhood
grow raise childhood upbringing
trip travel vacation holiday journey visit tour getaway flight roadtrip
visit see go trip stay
beach sea ocean coast shore surf
mountain hill hike trail climb summit peak
hike trek walk trail climb
camp tent camping campfire outdoors
nature outdoors forest wood park
park garden playground
lake river waterfall pond
fly flight plane airport
car vehicle drive truck van auto
bike bicycle cycle ride
train rail subway metro bus
boat ship sail kayak canoe
hobby pastime interest activity enjoy fun
sport game team athlete match basketball football soccer tennis baseball hockey
exercise workout gym fitness train training run yoga
run jog marathon race sprint
swim pool dive
dance ballet salsa choreography dancer
music song band concert instrument sing album tune melody
instrument guitar piano violin drum flute clarinet saxophone cello play
concert show gig festival perform performance stage
sing singer choir vocal
paint painting draw drawing art artist artwork canvas sketch
art craft pottery sculpture painting drawing
pottery ceramic clay
photo photograph picture camera photography image snapshot
book novel read reading author story literature
write writing author blog journal poem poetry script screenplay
movie film cinema watch show series director
game gaming videogame console play player
cook cooking bake meal recipe dish food kitchen
bake cake cookie pastry bread
food meal dish cuisine eat snack
dinner lunch breakfast supper meal
restaurant cafe diner eatery
drink coffee tea wine beer juice
sweet dessert candy chocolate cake
fruit apple berry orange banana
vegetable salad greens
meat chicken beef pork steak
vegetarian vegan plant
health healthy wellness medical
ill sick illness disease condition diagnose
doctor physician hospital clinic nurse surgeon
hurt injury injure pain ache wound accident
accident crash collision
allergy allergic intolerant reaction
medicine medication pill drug treatment therapy
therapy therapist counsel counseling counselor psychologist mental
stress stressed pressure anxiety anxious overwhelm tense
relax unwind destress calm peaceful rest soothe meditate meditation
sleep nap rest bed insomnia
tired exhausted fatigue weary
happy glad joy joyful delighted cheerful
sad upset unhappy depressed down heartbroken
angry mad furious annoyed frustrated
afraid scared fear frightened terrified phobia
worry worried concern nervous anxious
excited thrilled eager
proud pride accomplish
love like enjoy adore fond
hate dislike despise loathe
favorite favourite prefer best
hope wish dream aspire goal
goal aim plan ambition target resolution
plan intend going schedule arrange
decide choose pick decision select
start begin launch open found
stop quit end finish
finish complete end
create make build design craft
build construct make
fix repair mend restore
buy purchase get shop order acquire
sell sale market
give donate gift present offer
gift present
receive get win
win award prize trophy medal victory champion
lose defeat loss
competition contest tournament race
money cash savings budget finance financial
rent lease mortgage
help support assist aid
support encourage motivate inspire
inspire inspiration motivate influence
volunteer charity donate shelter community nonprofit
charity fundraiser donation cause
church religion religious faith god pray spiritual
belief faith value
politics political government election vote
military army soldier veteran navy
war conflict battle
law lawyer legal court
police crime thief steal rob
event party celebration festival gathering
party celebrate celebration
meet meeting meetup gather encounter
conference workshop seminar summit convention
group club community organization association
speech talk speak presentation present
advice tip suggestion recommendation guidance
learn study lesson
teach lesson instruct
skill talent ability
computer laptop pc software program code programming
phone smartphone mobile
online internet web website social
app application software
problem issue trouble challenge difficulty setback obstacle
challenge difficult hard struggle
change transform transition
improve better progress grow
success achieve achievement accomplishment milestone
age old year
big large huge
small little tiny
clothes clothing outfit shirt dress jacket wear fashion
shoe boot sneaker
jewelry necklace ring bracelet
color colour red blue green yellow purple
flower plant garden rose bloom
tree plant forest
weather rain snow sunny storm
summer winter spring autumn season
sunset sunrise dusk dawn
night evening tonight
morning dawn
name nickname call
nationality ethnicity origin native
language speak spanish french english german
memory remember recall
decor decorate furniture
toy doll
object item thing
sign poster
collect collection
discover find found
`;

const KINDRED: ReadonlyMap<string, ReadonlySet<string>> = group(GROUPS);

function group(list: string): Map<string, Set<string>> {
  const kindred = new Map<string, Set<string>>();
  for (const line of list.trim().split("\n")) {
    const stems = [...new Set(line.split(" ").map(stem))];
    for (const one of stems) {
      const others = kindred.get(one) ?? new Set<string>();
      for (const other of stems) if (other !== one) others.add(other);
      kindred.set(one, others);
    }
  }
  return kindred;
}

const NONE: ReadonlySet<string> = new Set();

/** Stems that often stand for this stem. */
export function kindredStems(term: string): ReadonlySet<string> {
  return KINDRED.get(term) ?? NONE;
}
