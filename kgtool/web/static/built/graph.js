(()=>{console.log("graph");})();
