import { stem } from "./words.ts";

/**
 * Everyday general words and the things, acts and qualities that they cover: who asks for the general word may mean any of the
 * others. Hand-written general vocabulary. Read one way: the kinds say nothing about each other.
 */
const KINDS = `
activity hobby pastime leisure recreation fun: hike camp swim paint draw run jog bike cycle dance cook bake garden knit sew crochet read write fish sail surf ski snowboard skate climb kayak yoga pottery photography chess puzzle craft sing volunteer travel game gaming movie museum picnic bowling birdwatching woodwork sculpt quilt origami
outdoor outdoors nature: hike camp trail mountain lake river forest beach park garden sunset waterfall wildlife climb kayak fish picnic stargaze
sport athlete athletic: basketball football soccer tennis baseball hockey volleyball golf cricket rugby swim boxing karate judo wrestling gymnastics cycle run marathon ski snowboard skate surf badminton softball lacrosse rowing climb fencing
exercise workout fitness: run jog yoga pilates gym weightlifting swim bike cycle stretch cardio aerobics kickboxing squat treadmill walk
instrument: guitar piano violin drum flute clarinet saxophone cello trumpet ukulele harp keyboard banjo bass harmonica accordion viola trombone
music genre: jazz rock pop classical country blues folk metal reggae opera rap symphony orchestra choir indie punk soul
musician artist band: singer guitarist drummer pianist composer rapper
artist art artwork creative: paint draw sculpture pottery photograph sketch watercolor portrait mural canvas ceramic calligraphy landscape mosaic design
pet animal: dog cat puppy kitten hamster rabbit bunny parrot turtle tortoise fish snake lizard gecko ferret pig horse bird canary
animal wildlife: horse cow pig sheep goat chicken duck lion tiger bear deer elephant monkey wolf fox squirrel whale dolphin shark snake frog owl eagle butterfly bee turtle penguin giraffe zebra hummingbird
food dish meal cuisine: pizza pasta sushi taco burger salad soup sandwich curry rice noodle steak chicken fish bread cheese egg pancake stew lasagna barbecue roast dumpling burrito ramen
dessert sweet treat snack: cake cookie pie chocolate brownie candy pudding cupcake muffin doughnut popcorn pastry cheesecake
fruit: apple banana orange grape strawberry blueberry raspberry mango peach pear pineapple melon watermelon cherry lemon kiwi plum
vegetable: carrot potato tomato onion broccoli spinach lettuce pepper cucumber bean pea corn pumpkin zucchini kale cabbage mushroom
drink beverage: coffee tea wine beer juice water soda lemonade cocktail smoothie milk whiskey cocoa
diet: vegan vegetarian gluten dairy sugar keto carb protein vegetable salad calorie
job career profession occupation work: teacher nurse doctor lawyer engineer chef waiter writer artist designer manager accountant developer programmer mechanic electrician plumber carpenter firefighter police soldier pilot farmer journalist photographer musician actor banker consultant counselor therapist scientist librarian hairdresser barista intern freelance entrepreneur business
emotion feeling mood feel: happy sad angry afraid scared nervous anxious excited proud grateful thankful lonely jealous guilty relieved overwhelm stress frustrated disappointed hopeful joy love fear peaceful calm
family relative: mother father mom dad sister brother son daughter child kid husband wife parent grandmother grandfather grandma grandpa aunt uncle cousin niece nephew
child kid: son daughter baby toddler boy girl
parent: mother father mom dad
sibling: brother sister twin
partner spouse: husband wife boyfriend girlfriend fiance
vehicle transport transportation: car truck van bus train bike bicycle motorcycle motorbike scooter boat plane subway taxi tram jeep ferry
car: sedan convertible hybrid electric jeep suv prius ford toyota honda tesla bmw
country abroad nation: america canada mexico brazil argentina chile peru england britain scotland ireland france germany spain italy portugal greece switzerland austria netherlands belgium sweden norway denmark finland iceland poland russia ukraine turkey egypt morocco kenya nigeria ghana africa israel iran iraq india pakistan china japan korea thailand vietnam indonesia philippines australia zealand europe asia
city: london paris berlin rome madrid barcelona amsterdam vienna prague dublin tokyo seoul beijing shanghai bangkok delhi mumbai sydney melbourne toronto vancouver montreal york chicago boston seattle denver miami austin dallas houston atlanta portland detroit philadelphia
state: california texas florida oregon washington colorado arizona nevada michigan minnesota ohio georgia virginia alaska hawaii utah montana maine vermont illinois connecticut massachusetts
continent: africa asia europe america australia
language: english spanish french german italian portuguese russian chinese mandarin japanese korean arabic hindi dutch swedish greek turkish
nationality ethnicity origin: american canadian mexican british english irish french german spanish italian swedish norwegian russian chinese japanese korean indian african
religion religious faith belief spiritual: church mosque temple synagogue god pray bible christian catholic muslim jewish hindu buddhist meditation worship
politics political: government vote election liberal conservative democrat republican policy law rights senator mayor campaign
movie film: comedy drama thriller horror romance documentary cartoon animation fantasy superhero musical trilogy
show series: episode season sitcom drama netflix documentary
book author literature novel: fantasy mystery thriller romance biography memoir fiction poem poetry story chapter trilogy shakespeare
game: chess poker puzzle monopoly card board video console dice quest controller
toy: doll lego puzzle teddy puppet kite
event celebration occasion: wedding birthday party concert festival graduation funeral conference parade anniversary ceremony reunion fair exhibition gala competition race show workshop meetup
holiday: christmas thanksgiving halloween easter hanukkah diwali ramadan valentine
illness disease condition health medical: asthma diabetes cancer flu cold fever allergy arthritis migraine depression anxiety gastritis infection heart surgery hospital ulcer blood diagnosis
injury hurt: sprain fracture broken ankle knee wrist bruise burn cut concussion back shoulder
allergy allergic: peanut nut pollen shellfish dairy gluten cat dog fur egg
medicine treatment therapy: pill antibiotic vaccine insulin surgery inhaler painkiller physiotherapy counseling
clothes clothing outfit fashion: shirt dress jacket coat jeans pants skirt sweater suit hat scarf shoe boot sneaker hoodie gown
jewelry accessory: necklace ring bracelet earring watch pendant
furniture furnishing: table chair sofa couch bed desk lamp shelf bookcase dresser rug
house home: room kitchen bedroom bathroom garden yard porch basement garage attic apartment
device gadget electronic technology tech: phone laptop tablet computer camera printer headphone speaker watch television console robot drone app
weather: rain snow wind storm sun cloud fog heat hurricane thunder flood
disaster emergency: flood fire earthquake hurricane tornado storm accident outage
color colour: red blue green yellow purple pink orange black white brown gray
subject field major degree study education: math history biology chemistry physics psychology economics engineering art literature geography business law medicine nursing education marketing philosophy computer
school: college university class kindergarten classroom teacher campus
skill talent: cook sing dance paint draw write code sew speak play
trait personality character attribute quality characteristic: kind caring patient brave strong honest thoughtful supportive generous creative passionate ambitious determined confident shy introvert outgoing friendly funny loyal independent hardworking optimistic empathetic compassionate resilient curious stubborn responsible reliable adventurous
money finance financial wealth status: rich wealthy poor debt loan salary savings expensive afford bill budget invest raise bonus
volunteer charity cause community: shelter donate fundraiser homeless veteran soup mentor cleanup hospital orphanage
goal dream ambition aspiration plan: become win start open learn save travel finish graduate publish improve career
achievement accomplishment success milestone: win award medal trophy graduate promotion finish publish prize certificate degree
award prize: medal trophy certificate scholarship ribbon
problem challenge struggle difficulty obstacle setback issue: lose fail stress injury sick broken delay fire debt doubt accident
change: move new quit start divorce transition adopt
gift present: necklace ring card flower book watch toy bouquet chocolate
flower plant: rose tulip lily sunflower daisy orchid cactus succulent basil fern dahlia
tree: oak pine maple willow birch palm
garden gardening: flower plant vegetable seed tomato herb soil
vacation trip travel destination visit: beach mountain island resort hotel cruise flight road camp city museum park europe
place location spot where: park beach cafe restaurant library museum mall gym church school mountain lake theater studio
store shop shopping: mall market bakery boutique supermarket bookstore
restaurant: cafe diner pizzeria bistro sushi italian mexican
friend: buddy neighbor colleague roommate classmate teammate
pastry bread baking bake: cake cookie pie muffin bagel croissant dough sourdough
craft handmade: knit sew crochet quilt pottery woodwork candle scrapbook jewelry
dance: ballet salsa tango hip-hop ballroom contemporary waltz
martial: karate judo taekwondo kickboxing aikido boxing
body: head arm leg back knee shoulder hand foot stomach heart
relax relaxing destress unwind: bath walk read music yoga meditation nap massage sleep tea nature
support supportive help: encourage listen advice hug mentor donate comfort
lgbtq queer: gay lesbian bisexual transgender trans pride
military: army navy soldier veteran deployment marine
content media: video blog vlog podcast channel post photo article
business startup company: store shop product customer client brand website marketing launch owner investor
habit routine: wake morning exercise sleep smoke drink journal walk
memory memories keepsake sentimental: photo album grandmother childhood letter necklace heirloom
symbol represent meaning: cross heart star flag eagle ring tattoo
`;

const UNDER: ReadonlyMap<string, ReadonlySet<string>> = read(KINDS);

function read(list: string): Map<string, Set<string>> {
  const under = new Map<string, Set<string>>();
  for (const line of list.trim().split("\n")) {
    const [heads = "", kinds = ""] = line.split(": ");
    for (const head of heads.split(" ").map(stem)) {
      const set = under.get(head) ?? new Set<string>();
      for (const kind of kinds.split(" ").map(stem)) if (kind !== head) set.add(kind);
      under.set(head, set);
    }
  }
  return under;
}

const NONE: ReadonlySet<string> = new Set();

/** Stems of what a general word covers. */
export function kindStems(term: string): ReadonlySet<string> {
  return UNDER.get(term) ?? NONE;
}
