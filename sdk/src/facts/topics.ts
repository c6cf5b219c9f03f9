import type { Slot } from "../domain/slots.ts";

/**
 * The cue lexicon's source: everyday topics, the words by which a request is about them, and the words by which a fact is. Hand-written
 * general vocabulary; a topic names whole fields of life, never a single case.
 */
export interface Topic {
  readonly name: string;
  /** Slots whose facts matter for the topic, with the weight of the cue, 0..1. */
  readonly slots: Readonly<Partial<Record<Slot, number>>>;
  /** Words of a request, matched by stem. */
  readonly asks: string;
  /** Runs of words of a request, `|` between two; for words that alone are too common to cue anything. */
  readonly phrases: string;
  /** Words of facts that answer it; the words of `asks` count too. */
  readonly facts: string;
}

export const TOPICS: readonly Topic[] = [
  {
    name: "eating",
    slots: { diet: 1, health: 0.9, like: 0.6, dislike: 0.6 },
    asks: "dinner lunch breakfast brunch supper meal menu recipe restaurant cook cooking bake baking snack food eat eating cuisine takeout takeaway potluck grocery groceries dish appetizer starter entree dessert diner bistro eatery ingredient kitchen hungry starving peckish picnic barbecue bbq cookout feast buffet catering caterer appetite chef soup salad sandwich pasta curry stew smoothie cake cookie pie bread sauce sushi taco burger pizza ramen noodle stir-fry casserole roast grill marinade leftovers bite nibble munch lunchbox canteen cafeteria supermarket pantry fridge nutrition nutritious protein calories meal-prep crave craving truck steakhouse pizzeria trattoria dine dining tasting banquet platter charcuterie bakery pastry pancake omelette thanksgiving serving shopping farmers market party",
    phrases:
      "order in|shopping list|farmers market|food truck|bring to the party|something to eat|eat out|eating out|order something|grab a bite|cater for|what can i have|what can i eat|feed me",
    facts:
      "allergic allergy intolerant intolerance vegan vegetarian pescatarian kosher halal keto paleo gluten dairy lactose nut peanut almond cheese milk egg meat pork beef chicken fish shellfish shrimp seafood wheat celiac sugar diabetic spicy flavor taste mushroom onion garlic tomato cilantro olive chocolate fruit vegetable bean soy sesame plant-based carb fasting sodium salt cholesterol reflux diet swallow honey rice potato",
  },
  {
    name: "drinking",
    slots: { diet: 0.9, health: 0.6, like: 0.6, dislike: 0.4 },
    asks: "drink beverage coffee tea espresso latte cappuccino cocktail mocktail wine beer whiskey gin bar pub brewery champagne juice soda thirsty cafe barista toast refreshment pour sip brew nightcap punch",
    phrases: "happy hour|night out|something to sip",
    facts:
      "alcohol caffeine sober teetotal non-drinker lactose sugar milk decaf oat pregnant medication liver recovery drunk liquor",
  },
  {
    name: "medical",
    slots: { health: 1, diet: 0.3 },
    asks: "doctor physician medicine medication medical symptom pain painful prescription prescribe pharmacy pharmacist hospital clinic treatment dose dosage vaccine vaccination jab flu cold fever cough sore ache headache migraine nausea aid ambulance emergency er surgeon nurse checkup check-up diagnosis sick ill illness remedy ointment antibiotic painkiller ibuprofen aspirin anesthesia anesthetic dentist dental teeth tooth supplement vitamin sunscreen pollen rash skin cream lotion detergent soap shampoo cosmetics makeup perfume fragrance latex bee sting insect bandage injury wound bleed wellness health healthy unwell specialist insurance paramedic patient intake form safe safely condition disease therapy therapist counselor hay spring cleaning pillow bedding hypoallergenic over-the-counter decongestant stomach throat blood donate screening waiver",
    phrases:
      "first aid|side effect|side effects|cold medicine|over the counter|intake form|blood donation|spring cleaning|is it safe|safe for me|can i take",
    facts:
      "allergic allergy asthma diabetes diabetic insulin epipen inhaler penicillin diagnosed disorder syndrome surgery blood pressure heart pregnant anxiety depression adhd autism epilepsy seizure chronic arthritis pill intolerance disability wheelchair immune kidney liver thyroid",
  },
  {
    name: "exercise",
    slots: { health: 1, like: 0.6, dislike: 0.4 },
    asks: "workout exercise gym training train marathon stretch stretching yoga pilates fitness fit muscle lifting weights cardio warm-up sport sports jog jogging run running stamina endurance shape squat push-up plank treadmill athletic coach personal trainer calisthenics swim swimming cycling cycle hike strenuous active physical activity movement mobility flexible flexibility strength conditioning steps spin class aerobics sweat climb climbing trek walk walking routine posture core",
    phrases:
      "personal trainer|spin class|get in shape|get fit|stay active|physical activity|lose weight|build muscle|work out|working out",
    facts:
      "knee back shoulder ankle hip wrist neck spine injury injured surgery torn asthma heart arthritis pregnant pain wheelchair vertigo herniated disc tendon ligament fracture sprained joint breath",
  },
  {
    name: "wellbeing",
    slots: { health: 0.9, like: 0.4, dislike: 0.3 },
    asks: "stress stressed anxious worried sleep asleep insomnia tired exhausted fatigue mental mood wellbeing well-being meditation mindfulness burnout overwhelmed calm cope coping sad lonely depressed panic rest energy nap bedtime restless concentrate focus concentration attention productive productivity",
    phrases: "wind down|fall asleep|cheer me up|self-care|self care",
    facts:
      "anxiety depression adhd insomnia ptsd apnea therapy therapist panic bipolar medication diagnosed migraine autism",
  },
  {
    name: "accessibility",
    slots: { health: 0.9, like: 0.2 },
    asks: "accessible accessibility stairs elevator wheelchair venue font fonts contrast palette chart readable subtitles captions loud crowded flashing strobe rollercoaster altitude ferry sea cruise scuba driving screen glare perfume pet-friendly sauna meadow flowers bouquet",
    phrases: "long drive|color palette|colour palette|pet-friendly|pet friendly",
    facts:
      "deaf blind hearing vision colorblind epilepsy epileptic vertigo seasick carsick motion sickness migraine dyslexia dyslexic wheelchair disability asthma allergic pollen fur claustrophobic pregnant heart bee eczema sun glasses",
  },
  {
    name: "leisure",
    slots: { like: 1, dislike: 0.6 },
    asks: "weekend hobby hobbies fun leisure spare bored boring boredom activity activities entertain entertaining entertainment relax relaxing unwind enjoy enjoyable enjoyment pastime interest interests passion outing excursion adventure outdoor outdoors recreation amuse amusing date idea team-building rainy sunday saturday holiday class bucket kick de-stress stay-cation staycation summer camp retreat meetup socialize icebreaker conversation starter busy occupy occupied quiet night lazy myself celebrate reward lift spirits cheer joy delight pleasure",
    phrases:
      "free time|spare time|day off|days off|things to do|something to do|spend the day|spend my|take up|kick back|lift my spirits|cheer me up|keep me busy|treat myself|reward myself|for fun|my evening|my evenings|this weekend|the weekend|date idea|what to do|in my downtime|downtime|do today|do tonight|for pleasure|days out|day out",
    facts:
      "love enjoy like favorite hobby fan passionate hike hiking camp climb paint draw knit garden read game chess guitar piano music dance sing photography pottery surf ski swim cycle run fish bake collect yoga travel theater cinema museum board puzzle birdwatching astronomy crochet woodworking kayak sail tennis golf soccer basketball baseball",
  },
  {
    name: "media",
    slots: { like: 1, dislike: 0.6 },
    asks: "movie film show series book novel read watching music song playlist album band podcast video game videogame concert gig theater theatre musical museum exhibition gallery netflix genre author listen listening binge soundtrack artist comic manga anime audiobook documentary stream tv television cinema screening bookstore library magazine thriller comedy drama horror sci-fi fantasy romance mystery biography karaoke radio episode beach page-turner vinyl record trivia quiz background wallpaper",
    phrases:
      "video game|video games|something to watch|something to read|listen to|put on tonight|on in the background|page turner|movie night|game night|book club|road trip playlist",
    facts:
      "love like favorite fan listen jazz rock metal punk classical opera hip-hop rap pop country folk blues techno electronic indie reggae novel fiction fantasy thriller horror romcom western anime director actor singer band author gore jump scary detective crime historical biography scifi spaceship superhero documentary",
  },
  {
    name: "gifts",
    slots: { like: 0.9, people: 0.7, dislike: 0.4, possession: 0.3 },
    asks: "gift wish wishlist souvenir valentine stocking registry reward christmas hanukkah birthday anniversary wrapped keepsake bouquet secret santa giftcard card spoil pamper",
    phrases:
      "wish list|gift card|secret santa|token of appreciation|get for my|buy for my|buy me|get me for|for my birthday|for christmas",
    facts:
      "love like favorite collect hobby fan wife husband partner son daughter mother father sister brother friend niece nephew birthday anniversary",
  },
  {
    name: "travel",
    slots: {
      place: 0.7,
      event: 0.7,
      like: 0.5,
      dislike: 0.4,
      identity: 0.3,
      health: 0.3,
      possession: 0.2,
    },
    asks: "trip travel traveling vacation holiday flight fly flying airport airline hotel hostel itinerary destination tour abroad overseas passport visa luggage packing suitcase train station ticket layover route road backpack backpacking cruise sightseeing getaway tourism tourist airfare journey accommodation airbnb jet lag weekend currency customs embassy border seat departure arrival connection guidebook honeymoon escape resort camping campsite rental car voyage fare fares stopover",
    phrases:
      "jet lag|weekend away|rental car|time off|go abroad|go away|get away|city break|plane ticket|long weekend|fly out|bucket list",
    facts:
      "live based from moved passport citizen nationality flight trip airport window aisle seat fear flying visit abroad hotel beach mountain japan europe asia america seasick",
  },
  {
    name: "local",
    slots: { place: 1, possession: 0.2 },
    asks: "weather forecast temperature rain raining snow sunny humid umbrella nearby near local locally neighborhood neighbourhood commute commuting directions distance map traffic nearest closest delivery deliver address shipping ship zip zone timezone sunrise sunset area region city town community relocate moving rent real estate utility utilities mayor election vote voting polling frost planting hardiness bus subway metro tram parking public transport plumber electrician handyman contractor mover notary landlord tenant lease council recycling trash dmv tax taxes law legal regulation broadband internet provider holiday market fair parade trip drive walking meet person difference clocks dial roots",
    phrases:
      "near me|near here|around here|close by|around me|in my area|walking distance|in town|time difference|local time|what time|my time|time zone|public transport|public holiday|day trip|real estate|over here|back home|outside today|where should i|from here|where i live|where am i",
    facts:
      "live based moved from apartment house city town hometown neighborhood timezone street north south east west coast downtown suburb village state country grew born raised rent commute",
  },
  {
    name: "work",
    slots: { work: 1, identity: 0.3 },
    asks: "job career work working resume cover letter interview meeting boss colleague coworker office salary raise promotion linkedin profession professional professionally business client customer project manager team networking network portfolio bio hire hiring occupation employ employer employment employee industry pitch proposal standup negotiate workplace workday elevator invoice retirement pension deduct deduction freelance conference card wage income living vocation shift shifts trade corporate headline title recruiter work-life colleagues deadline workload commute expertise qualification certification hustle daily grind nine five occupational update quarterly goals slides workstation ergonomic uniform tax return",
    phrases:
      "cover letter|business card|elevator pitch|performance review|for a living|out of office|day job|side hustle|what do i do|nine to five|job title|my field|my line of work|tax return|professional summary|at the office",
    facts:
      "work job company engineer teacher nurse manager developer doctor lawyer designer accountant student retired business startup employer freelance office remote shift career promoted hired team hospital school bank firm boss clients",
  },
  {
    name: "study",
    slots: { work: 0.9, event: 0.3 },
    asks: "study studying studies exam homework class classes coursework university college degree school thesis dissertation assignment lecture scholarship tutor tutoring student academic academia campus semester essay revision revise major minor graduate graduation curriculum syllabus textbook professor flashcards paper internship education learn learning bachelor master phd final finals midterm grades grade gpa research",
    phrases: "term paper|study plan|study schedule|final exams",
    facts:
      "study student university college degree major school phd master thesis semester graduate exam class professor biology chemistry physics history law medicine engineering nursing",
  },
  {
    name: "self",
    slots: { identity: 1 },
    asks: "name names age introduce introduction signature sign-off profile apply application citizenship nationality language languages speak native pronoun pronouns gender greet greeting badge nametag username initials monogram engrave engraved personalize personalized certificate horoscope zodiac astrology generation age-appropriate eligible eligibility senior discount birthday birthdate candles born height tall size sizes clothing fit shoe shirt dating bio heritage ancestry genealogy tradition traditions religious religion faith holiday address about myself personal sign letter place card tag person contact business email rsvp id identification registration register account translate mother tongue accent roots culture cultural form",
    phrases:
      "call me|address me|who am i|about me|about myself|know about me|sign off|sign it|sign the|sign this|name tag|place card|fill in|fill out|dating profile|email signature|how old|mother tongue|third person|personal details|my details|sign up|get my name|star sign",
    facts:
      "name called old born birthday years nationality citizen passport speak language native pronouns christian muslim jewish hindu buddhist height tall size nickname initials heritage descent zodiac left-handed",
  },
  {
    name: "family",
    slots: { people: 1, event: 0.3 },
    asks: "family wife husband spouse partner girlfriend boyfriend kid kids child children son daughter parent parents mother father mom dad sister brother sibling friend friends relative relatives wedding birthday party guest guests invite invitation invitations host hosting reunion anniversary baby babysit babysitter mother's father's christmas thanksgiving rsvp date night romantic romance valentine relationship roommate neighbor household loved ones emergency contact playdate plus-one in-laws dependents generations toast grandparents aunt uncle cousin nephew niece kin beneficiary beneficiaries carpool greeting card postcard bedtime family-friendly them companion buddy gathering",
    phrases:
      "loved ones|emergency contact|date night|next of kin|family tree|plus one|mother's day|father's day|plus-one|in-laws|for dinner guests|the whole family|people in my life|who lives|at home with|the little ones|little one|my better half|better half|significant other|my folks|my other half",
    facts:
      "wife husband partner girlfriend boyfriend fiance son daughter child mother father mom dad sister brother twin friend cousin aunt uncle nephew niece grandmother grandfather grandma grandpa baby married named roommate colleague neighbor boss dog cat",
  },
  {
    name: "pets",
    slots: { people: 1, possession: 0.3 },
    asks: "pet pets vet veterinarian veterinary leash groom grooming groomer kennel litter animal animals furry paw breed sitter dog cat puppy kitten boarding collar bark aquarium cage tank walkies kibble flea tick chew toy companion critter critters four-legged feed feeding houseplant toxic lilies shedding lint treats walk",
    phrases: "pet sitter|four-legged|while i am away|furry friend",
    facts:
      "dog cat puppy kitten rabbit hamster parrot bird fish horse turtle lizard snake guinea pig retriever labrador terrier poodle beagle collie corgi shepherd husky spaniel bulldog tabby siamese gecko ferret goldfish rescue adopted named budgie tortoise chicken hen goat pony",
  },
  {
    name: "vehicle",
    slots: { possession: 1, place: 0.2 },
    asks: "car drive driving vehicle mechanic tire tires oil change gas gasoline petrol diesel mileage park parking fuel repair servicing garage road trip brake brakes engine charge charging charger motor wash dashboard license plate jump-start maintenance tow battery winter ride riding cycle cycling bike helmet roof rack windshield wiper wipers transmission inspection emissions carpool rust tune-up auto automotive insurance insure premium haul commute spare part parts transport transportation trailer",
    phrases:
      "oil change|road trip|get around|tune up|roof rack|jump start|gas station|at the garage",
    facts:
      "car truck van suv motorcycle motorbike scooter bike bicycle drive ride honda toyota ford tesla bmw audi volkswagen subaru nissan mazda volvo hyundai kia jeep chevrolet mercedes hybrid electric diesel sedan hatchback pickup minivan camper moped vespa ebike boat sailboat kayak",
  },
  {
    name: "devices",
    slots: { possession: 1 },
    asks: "phone smartphone laptop computer app apps install device devices battery charger charging screen storage software update upgrade backup printer print wifi wi-fi camera lens photo photos accessory accessories cable cables headphones gaming console game compatible compatibility monitor keyboard download operating system tablet setup smart tv speaker speakers gadget gadgets hardware tech technology electronic electronics usb adapter dock ringtone shortcut shortcuts troubleshoot troubleshooting freeze frozen slow crash crashing drivers recording video edit photography shoot memory card warranty bluetooth pairing stream ereader controller",
    phrases:
      "operating system|smart home|video call|memory card|back up|screen time|run out of space|tech support",
    facts:
      "iphone android pixel samsung galaxy macbook thinkpad dell laptop desktop pc ipad tablet kindle xbox playstation nintendo switch camera canon nikon sony fujifilm mirrorless dslr drone gopro monitor linux windows mac chromebook headphones airpods smartwatch garmin fitbit printer tv",
  },
  {
    name: "household",
    slots: { possession: 0.9, place: 0.5, people: 0.2 },
    asks: "house apartment flat furniture decorate decor decorating room bedroom bathroom renovate renovation remodel repair diy garden gardening lawn plant planting clean cleaning vacuum laundry appliance heat heating energy electricity paint wall walls sofa couch bed mattress shelf shelves storage mortgage rent tool tools fix roof plumbing interior yard backyard warranty valuables equipment gear belongings sell declutter clutter maintain maintenance chores oven cookware guests stay spare balcony patio curtains carpet rug solar thermostat leak draft burglar security moving movers downsizing kitchen inventory owns heirloom collection rack display museum-piece inherited estate appraisal insurance insure",
    phrases:
      "spare room|around the house|at home|for the house|worth anything|what do i own|things i own|stuff i own",
    facts:
      "house apartment flat condo garden balcony pool fireplace own bought rent piano oven sofa couch desk bed greenhouse shed cabin cottage grill espresso sewing telescope tent surfboard collection inherited antique watch guitar violin treadmill",
  },
  {
    name: "instruments",
    slots: { possession: 0.9, like: 0.8 },
    asks: "instrument instruments practice practise playing music musical jam tune tuning strings song songs lesson lessons chord chords band rehearse rehearsal melody sheet score recital perform performing duet open mic ensemble accompany arrange arrangement compose scale scales learn ear",
    phrases: "sheet music|open mic|learn to play|what should i practice|what to practice",
    facts:
      "guitar piano violin cello viola drums flute saxophone trumpet ukulele banjo bass keyboard harp clarinet accordion synthesizer sing choir band orchestra play own",
  },
  {
    name: "calendar",
    slots: { event: 1, people: 0.2, work: 0.2 },
    asks: "schedule calendar appointment appointments tomorrow upcoming month agenda remind reminder reminders deadline due busy available availability booking reservation meeting countdown conflict conflicts timeline soon to-do todo checklist commitment commitments celebrate coming have how plate planned block clash clashing rearrange reschedule slot weekday monday tuesday wednesday thursday friday diary planner ahead getting ready big looking forward few planning about plans prepare busy",
    phrases:
      "coming up|on my plate|anything planned|anything coming|what is on|do i have|days until|how long until|when is my|when am i|when do i|first thing|getting ready|get ready|next few days|next week|next month|this week|this month|big day|looking forward|block off|block out|what day|free on|free this|free next|am i free|my day|my week|my month|my schedule|the horizon|keep in mind for|in store",
    facts:
      "appointment meeting interview exam flight trip wedding anniversary birthday deadline due conference concert surgery dentist marathon race graduation party reunion tickets tomorrow monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december next booked scheduled moving visiting",
  },
  {
    name: "clothing",
    slots: { identity: 0.4, like: 0.5, dislike: 0.5, event: 0.3, health: 0.2 },
    asks: "wear wearing outfit dress clothes clothing fashion shoe shoes jacket coat suit shirt style stylish wardrobe sweater jeans jewelry accessory fabric wool hat boots sneakers color colour colors makeover haircut hair",
    phrases: "what to wear|what should i wear|dress up|dress code",
    facts: "size wear color favorite style wool itchy tall height allergic nickel latex wedding",
  },
  {
    name: "aversions",
    slots: { dislike: 1, health: 0.3, diet: 0.3 },
    asks: "avoid hate dislike annoy annoying fear fears scare scared phobia aversion irritate nervous worst peeve uncomfortable unpleasant off-limits stay clear leave rule turn-off dealbreaker no-go cannot stand can wouldn't enjoy put exclude excluding skip bug bugs drive drives upset upsets loathe detest despise opposite fun squeamish bother grate grates repel repels",
    phrases:
      "off limits|stay away|steer clear|leave out|rule out|keep away|can not stand|would not like|would not enjoy|put me off|on my nerves|watch out|keep off|not my thing|make me uncomfortable|drives me|drive me|ticks me off|not include|should not|shouldn't",
    facts:
      "hate dislike detest loathe stand afraid scared terrified fear annoy bore boring phobia avoid never bother nerves spiders heights crowds noise flying clowns needles snakes",
  },
  {
    name: "tastes",
    slots: { like: 1, dislike: 0.6 },
    asks: "favorite favourite enjoy prefer preference preferences taste tastes suit suits alley personalise tailor tailored mood choose theme themed",
    phrases:
      "for me|suit me|up my alley|pick for me|choose for me|surprise me|in the mood|mood for|do i like|do i love|do i enjoy|do i prefer|i would like|i might like|i would enjoy|i might enjoy|i would love|makes me happy|make me happy|someone like me|my taste|my style|what kind of",
    facts: "love like enjoy favorite fan prefer passionate adore hobby",
  },
];
